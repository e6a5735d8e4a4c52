import { SLEEP_ANNOTATION } from '../../api/names.ts'
import { isObject } from '../../lib/json.ts'
import type { Holder, RunContext } from '../contract.ts'
import type { Item } from '../item.ts'
import { fits, isAtMost, type Level, levelOf } from './level.ts'

/** The annotation `rota.dev/sleep`: closed JSON that holds what sleep replaced, so that nothing else must remember it. */
export interface SleepState {
  readonly v: 1
  /** Of the object itself: a copied manifest brings the annotation along, but not the uid. */
  readonly uid: string
  readonly from: Level
  readonly to: Level
  readonly holders: readonly Holder[]
}

const MOST_HOLDERS = 8
/** The largest number that the annotation holds. */
export const MOST_REPLICAS = 10_000

/** The state on an object: absent, not to be understood, from another object, or valid. */
export type Kept = 'None' | 'Corrupt' | 'Foreign' | SleepState

export function keptOn(item: Item): Kept {
  const text = item.metadata.annotations?.[SLEEP_ANNOTATION]
  if (text === undefined) return 'None'
  const state = parsed(text)
  if (!state || !fits(state.from, item)) return 'Corrupt'
  return state.uid === item.metadata.uid ? state : 'Foreign'
}

/**
 * Whether an object is as its sleep left it. Where that takes two writes, one that goes deeper turns off first and then says
 * so: in between the object sleeps deeper than it says.
 */
export function isAsleep(item: Item, { to }: SleepState): boolean {
  const level = levelOf(item)
  return level === to || (item.kind.scale === true && isAtMost(level, to))
}

/** The same task, also one that was deleted and made again under its name. */
export function isOwn(holder: Holder, run: RunContext): boolean {
  return holder.uid === run.task.uid || holder.task === run.task.key
}

/** The holders that others still have on it, those of tasks that are gone left out. */
export function otherHolders(state: SleepState, run: RunContext, gone: Gone): readonly Holder[] {
  return state.holders.filter(holder => !isOwn(holder, run) && !gone.has(nameOf(holder)))
}

/** The holders whose tasks do not exist any more. */
export type Gone = ReadonlySet<string>

/** Those on these objects. @throws FaultError */
export async function goneOn(items: readonly Item[], run: RunContext): Promise<Gone> {
  const states = items.map(keptOn).filter(state => typeof state === 'object')
  const others = states.flatMap(({ holders }) => holders).filter(holder => !isOwn(holder, run))
  const named = new Map(others.map(holder => [nameOf(holder), holder]))
  const gone = await Promise.all([...named].map(async ([name, holder]) => ((await run.isGone(holder)) ? [name] : [])))
  return new Set(gone.flat())
}

function nameOf({ task, uid }: Holder): string {
  return `${task} ${uid}`
}

export function withHolder(others: readonly Holder[], run: RunContext): readonly Holder[] | undefined {
  const holders = [...others, { task: run.task.key, uid: run.task.uid, run: run.id }]
  return holders.length > MOST_HOLDERS ? undefined : holders
}

function parsed(text: string): SleepState | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return isState(value) ? value : undefined
}

function isState(value: unknown): value is SleepState {
  if (!hasExactly(value, ['from', 'holders', 'to', 'uid', 'v'])) return false
  const { v, uid, from, to, holders } = value
  if (v !== 1 || typeof uid !== 'string' || !isLevel(from) || !isLevel(to)) return false
  if (typeof to !== typeof (from ?? '')) return false
  return Array.isArray(holders) && holders.length <= MOST_HOLDERS && holders.every(isHolder)
}

function isHolder(value: unknown): value is Holder {
  return hasExactly(value, ['run', 'task', 'uid']) && Object.values(value).every(part => typeof part === 'string')
}

function hasExactly(value: unknown, keys: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isObject(value) && Object.keys(value).sort().join() === keys.join()
}

/** Whether the annotation can hold it. */
export function isLevel(value: unknown): value is Level {
  if (typeof value === 'boolean' || value === null) return true
  if (typeof value === 'string') return value.length <= 16
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_REPLICAS
}
