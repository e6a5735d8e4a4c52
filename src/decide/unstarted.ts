import type { OperationName } from '../api/task.ts'
import type { Instant } from '../lib/instant.ts'
import { rfc3339 } from '../lib/instant.ts'
import type { NotRun, StatusEvent } from './events.ts'
import { type RunRef, runId } from './run.ts'
import type { Slot } from './slot.ts'
import { MISSED_LIMIT, newestSlot, olderOwed } from './slots.ts'
import type { Task } from './task.ts'

type Why = Pick<NotRun, 'result' | 'reason' | 'message' | 'count'>

/** The record of a slot that does not run. */
export function notRun(task: Task, slot: Slot, why: Why): StatusEvent {
  const { operation, reason, at } = slot
  const id = runId(task.uid, operation, reason, at)
  return { event: 'NotRun', id, operation, runReason: reason, slotTime: at, ...why }
}

/** The record of a request that does not run, and its answer. */
export function notRunRequest(
  task: Task,
  operation: OperationName,
  { name, token }: NonNullable<RunRef['request']>,
  now: Instant,
  why: Why,
): readonly StatusEvent[] {
  const id = runId(task.uid, operation, 'Request', token)
  return [
    { event: 'NotRun', id, operation, runReason: 'Request', slotTime: now, ...why },
    { event: 'Handled', [name]: token },
  ]
}

/** Every slot has exactly one record: those that are owed and older than `slot` become one entry together. */
export function missedBefore(task: Task, slot: Slot, now: Instant): readonly StatusEvent[] {
  return olderAsOne(task, slot, now, newest => ({
    result: 'Missed',
    reason: 'NewerSlot',
    message: `did not start before the newer one of ${rfc3339(slot.at)}: ${newest}`,
  }))
}

/** `why`: in words that count them, `3 slots up to 2026-11-24T20:00:00Z`. */
export function olderAsOne(
  task: Task,
  slot: Slot,
  now: Instant,
  why: (slots: string) => Omit<Why, 'count'>,
): readonly StatusEvent[] {
  const count = olderOwed(task, slot, now)
  const newest = count > 0 ? newestSlot(task, slot.at - 1) : undefined
  if (!newest) return []
  const number = count >= MISSED_LIMIT ? `at least ${count} slots` : count === 1 ? 'one slot' : `${count} slots`
  return [notRun(task, newest, { ...why(`${number} up to ${rfc3339(newest.at)}`), count })]
}
