import { shardOf } from '../../src/controller/shards.ts'
import { dueTime } from '../../src/decide/jitter.ts'
import { nextRuns } from '../../src/decide/slots.ts'
import type { Task } from '../../src/decide/task.ts'
import { at, nightly, task } from '../builders/task.ts'
import type { Due } from './rush.ts'

/** Who is modelled: ten tasks a namespace, six of which put something to sleep at 20:00 where they are. */
export const TASKS_A_NAMESPACE = 10
const SLEEPERS = 0.6
/** Their shares. */
const ZONES = { 'Europe/Berlin': 0.5, 'America/New_York': 0.3, 'Asia/Kolkata': 0.2 } as const
/** A Tuesday. */
const NOON = at('2026-11-24T12:00:00Z')

export interface Evening {
  readonly zone: keyof typeof ZONES
  readonly slot: number
  /** Tasks that are due then, before any jitter. */
  readonly count: number
}

/** The evenings of a day, by the real timetable, the largest first. */
export function evenings(tasks: number): readonly Evening[] {
  const all = (Object.keys(ZONES) as (keyof typeof ZONES)[]).map(zone => {
    const [first] = nextRuns(taskIn(zone, 0), NOON, 1)
    if (first?.operation !== 'sleep') throw new Error(`the next run in ${zone} must be a sleep`)
    return { zone, slot: first.at, count: Math.round(tasks * SLEEPERS * ZONES[zone]) }
  })
  return all.sort((a, b) => b.count - a.count)
}

/** When the tasks of an evening are due, after its slot, by the real jitter, and which process serves each by the real hash. */
export function dueIn(evening: Evening, jitterSeconds: number, processOfShard: readonly number[]): readonly Due[] {
  const { zone, slot, count } = evening
  const one = taskIn(zone, jitterSeconds)
  const [, next] = nextRuns(one, slot - 1, 2)
  const due = Array.from({ length: count }, (_, n) => ({
    at: dueTime({ ...one, uid: `${zone}-${n}` }, slot, next?.at) - slot,
    process:
      processOfShard[shardOf(`team-${Math.floor(n / (TASKS_A_NAMESPACE * SLEEPERS))}`, processOfShard.length)] ?? 0,
  }))
  return due.sort((a, b) => a.at - b.at)
}

/** How many times the mean the fullest shard has, by the real hash. */
export function fullest(tasks: number, shards: number): number {
  const namespaces = namespacesOf(tasks)
  const sizes = new Array<number>(shards).fill(0)
  for (let n = 0; n < namespaces; n++) {
    const shard = shardOf(`team-${n}`, shards)
    sizes[shard] = (sizes[shard] ?? 0) + 1
  }
  return (Math.max(...sizes) * shards) / namespaces
}

export function namespacesOf(tasks: number): number {
  return Math.ceil(tasks / TASKS_A_NAMESPACE)
}

function taskIn(timeZone: string, jitterSeconds: number): Task {
  return task({ spec: nightly({ timeZone, jitterSeconds }) })
}
