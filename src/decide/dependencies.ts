import { type Instant, instantOf, rfc3339 } from '../lib/instant.ts'
import { afterOthers } from './after-others.ts'
import { armedLines } from './armed.ts'
import type { World } from './decision.ts'
import type { Slot } from './slot.ts'
import { newestSlot, settledUntil } from './slots.ts'
import type { Task } from './task.ts'

type Known = Pick<World, 'dependency'>

/** What the tasks that come first mean for a slot: it may go, it waits for one of them, or one of them has failed. */
export type Verdict = { readonly verdict: 'Go' } | { readonly verdict: 'Wait' | 'Failed'; readonly message: string }

/**
 * Each upstream's newest record with a slot at or before this one decides; one that still owes such a run is waited for.
 * A failure counts before a wait: nothing that comes later can make up for it.
 */
export function dependenciesOf(task: Task, slot: Slot, now: Instant, world: Known): Verdict {
  // A run after others exists because all of them have succeeded, and nothing keeps a namespace asleep.
  if (slot.reason === 'Dependency' || (slot.operation === 'wake' && task.operation === 'sleep'))
    return { verdict: 'Go' }
  let wait: Verdict | undefined
  for (const { name } of task.spec.dependsOn ?? []) {
    const upstream = world.dependency(name)
    if (!upstream) wait ??= { verdict: 'Wait', message: `waiting for ${name}, which does not exist` }
    else if (owesUntil(upstream, slot.at, now, world, new Set()))
      wait ??= { verdict: 'Wait', message: `waiting for ${name} to end its run` }
    else {
      const failure = failureAt(upstream, slot.at)
      if (failure !== undefined) return { verdict: 'Failed', message: `${name} ${failure}` }
    }
  }
  return wait ?? { verdict: 'Go' }
}

/** Whether a task has a run to end, or to begin, with a slot at or before `at`. `seen`: a cycle owes nothing. */
function owesUntil(task: Task, at: Instant, now: Instant, world: Known, seen: Set<string>): boolean {
  const { activeRun } = task.status
  if (activeRun) return (instantOf(activeRun.slotTime) ?? 0) <= at
  if (seen.has(task.key)) return false
  seen.add(task.key)
  const settled = settledUntil(task, now)
  if (task.lines.length > 0) {
    const newest = newestSlot(task, at, armedLines(task, now))
    return newest !== undefined && newest.at > settled
  }
  const next = afterOthers(task, now, world)
  if (!next) return false
  if (next.at > settled && next.at <= at) return true
  return (task.spec.dependsOn ?? []).some(({ name }) => {
    const upstream = world.dependency(name)
    return upstream !== undefined && owesUntil(upstream, at, now, world, seen)
  })
}

/** What is wrong with the newest record at or before `at`; nothing is, when there is none. */
function failureAt({ status }: Task, at: Instant): string | undefined {
  const { history = [], lastSlotTime, lastResult } = status
  const record = history.find(({ slotTime }) => (instantOf(slotTime) ?? 0) <= at)
  const { result, resultReason, slotTime, dryRun } = record ?? {
    // Without a history the newest result is all that is known.
    result: history.length === 0 && (instantOf(lastSlotTime) ?? at + 1) <= at ? lastResult : undefined,
    resultReason: undefined,
    dryRun: undefined,
    slotTime: lastSlotTime,
  }
  if (result === 'Succeeded' && dryRun) return `made only a dry run at ${rfc3339(instantOf(slotTime) ?? at)}`
  if (result === undefined || result === 'Succeeded' || resultReason === 'Cached') return undefined
  const why = resultReason === undefined ? result : `${result}: ${resultReason}`
  return `did not succeed (${why}) at ${rfc3339(instantOf(slotTime) ?? at)}`
}
