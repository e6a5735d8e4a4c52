import type { Instant } from '../lib/instant.ts'
import { rfc3339 } from '../lib/instant.ts'
import type { NotRun, StatusEvent } from './events.ts'
import { runId } from './run.ts'
import { MISSED_LIMIT, newestSlot, olderOwed, type Slot } from './slots.ts'
import type { Task } from './task.ts'

/** The record of a slot that does not run. */
export function notRun(
  task: Task,
  slot: Slot,
  ending: Pick<NotRun, 'result' | 'reason' | 'message' | 'count'>,
): StatusEvent {
  const id = runId(task.uid, slot.operation, 'Schedule', slot.at)
  return { event: 'NotRun', id, operation: slot.operation, runReason: 'Schedule', slotTime: slot.at, ...ending }
}

/** Every slot has exactly one record: those that are owed and older than `slot` become one entry together. */
export function missedBefore(task: Task, slot: Slot, now: Instant): readonly StatusEvent[] {
  const count = olderOwed(task, slot, now)
  const newest = count > 0 ? newestSlot(task, slot.at - 1) : undefined
  if (!newest) return []
  const number = count >= MISSED_LIMIT ? `at least ${count} slots` : count === 1 ? 'one slot' : `${count} slots`
  const message = `${number} up to ${rfc3339(newest.at)} passed without an operator; a newer one takes over`
  return [notRun(task, newest, { result: 'Missed', reason: 'NewerSlot', message, count })]
}
