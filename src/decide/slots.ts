import type { OperationName } from '../api/task.ts'
import { type Instant, instantOf } from '../lib/instant.ts'
import { slotsBetween } from '../schedule/timetable.ts'
import { armed } from './derived.ts'
import type { Task } from './task.ts'

/** Missed slots are counted up to here; more are "at least". */
export const MISSED_LIMIT = 1000

export interface Slot {
  readonly operation: OperationName
  readonly at: Instant
}

/** Slots at or before this instant are done with or were never owed. */
export function settledUntil(task: Task, now: Instant): Instant {
  const since = instantOf(armed(task, task.status, now).since) ?? now
  return Math.max(since, instantOf(task.status.lastSlotTime) ?? 0)
}

/** The newest slot at or before `now` of all lines; where two fall on one instant, the wake wins. */
export function newestSlot(task: Task, now: Instant): Slot | undefined {
  let newest: Slot | undefined
  for (const { operation, timetable } of task.lines) {
    const at = timetable.lastAtOrBefore(now)
    if (at === undefined) continue
    if (!newest || at > newest.at || (at === newest.at && operation === 'wake')) newest = { operation, at }
  }
  return newest
}

/** The newest slot that is owed: after everything that is settled. */
export function owedSlot(task: Task, now: Instant): Slot | undefined {
  const newest = newestSlot(task, now)
  return newest && newest.at > settledUntil(task, now) ? newest : undefined
}

/** How many slots older than `slot` are owed too; instants are counted once. */
export function olderOwed(task: Task, slot: Slot, now: Instant): number {
  const settled = settledUntil(task, now)
  const instants = new Set<Instant>()
  for (const { timetable } of task.lines) {
    for (const at of slotsBetween(timetable, settled, slot.at - 1, MISSED_LIMIT)) instants.add(at)
  }
  return Math.min(instants.size, MISSED_LIMIT)
}

/** The next slot of any line. */
export function nextSlot(task: Task, now: Instant): Instant | undefined {
  const next = task.lines.map(({ timetable }) => timetable.nextAfter(now)).filter(at => at !== undefined)
  return next.length > 0 ? Math.min(...next) : undefined
}

/** A sleep with `wakeSchedule` is a state: only the newest slot of both kinds counts, however old. */
export function isStateBased(task: Task): boolean {
  return task.operation === 'sleep' && task.spec.operation.sleep?.wakeSchedule !== undefined
}
