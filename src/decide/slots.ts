import { type Instant, instantOf, SECOND } from '../lib/instant.ts'
import { slotsBetween } from '../schedule/timetable.ts'
import { afterOthers } from './after-others.ts'
import { armedLines, armedSince, isStateBased, scheduledLines } from './armed.ts'
import type { World } from './decision.ts'
import { heldUntil } from './hold.ts'
import { dueTime } from './jitter.ts'
import type { Line } from './read-spec.ts'
import type { Slot } from './slot.ts'
import type { Task } from './task.ts'

/** Missed slots are counted up to here; more are "at least". */
export const MISSED_LIMIT = 1000

/** Slots at or before this instant are done with or were never owed. */
export function settledUntil(task: Task, now: Instant): Instant {
  return Math.max(armedSince(task, now), instantOf(task.status.lastSlotTime) ?? 0)
}

/** The newest slot at or before `now` of these lines; where two fall on one instant, the wake wins. */
export function newestSlot(task: Task, now: Instant, lines: readonly Line[] = task.lines): Slot | undefined {
  let newest: Pick<Slot, 'operation' | 'at'> | undefined
  for (const { operation, timetable } of lines) {
    const at = timetable.lastAtOrBefore(now)
    if (at === undefined) continue
    if (!newest || at > newest.at || (at === newest.at && operation === 'wake')) newest = { operation, at }
  }
  return newest && { ...newest, reason: 'Schedule', due: dueTime(task, newest.at, nextSlot(newest.at, task.lines)) }
}

/** The newest slot that is owed: armed, due, and after everything that is settled. */
export function owedSlot(task: Task, now: Instant, world: Pick<World, 'dependency'>): Slot | undefined {
  const slot = task.lines.length > 0 ? newestDue(task, now) : afterOthers(task, now, world)
  return slot && slot.due <= now && slot.at > settledUntil(task, now) ? slot : undefined
}

/** The newest slot that is due: armed, and its jitter over. */
export function newestDue(task: Task, now: Instant): Slot | undefined {
  const lines = armedLines(task, now)
  const newest = newestSlot(task, now, lines)
  // Jitter never reaches the next slot: what comes before one that is not yet due is due.
  return newest && newest.due > now ? newestSlot(task, newest.at - 1, lines) : newest
}

/** The time of a run that no slot explains: now, but before a slot whose jitter is not over, which it must not settle. */
export function timeWithoutSlot(task: Task, now: Instant): Instant {
  const newest = newestSlot(task, now, armedLines(task, now))
  return newest && newest.due > now && newest.at > settledUntil(task, now) ? newest.at - SECOND : now
}

/** How many slots older than `slot` are owed too; instants are counted once. */
export function olderOwed(task: Task, slot: Slot, now: Instant): number {
  if (slot.reason === 'Dependency') return 0
  const settled = settledUntil(task, now)
  const instants = new Set<Instant>()
  for (const { timetable } of armedLines(task, now)) {
    for (const at of slotsBetween(timetable, settled, slot.at - 1, MISSED_LIMIT)) instants.add(at)
  }
  return Math.min(instants.size, MISSED_LIMIT)
}

/** The next instants, at most `limit`, from which on a run may start; those within a hold are left out. */
export function nextDueTimes(task: Task, now: Instant, limit: number): readonly Instant[] {
  return nextSlots(task, now, limit).map(({ due }) => due)
}

/** The same, with what runs then; none whose slot lies after `horizon`. */
export function nextRuns(
  task: Task,
  now: Instant,
  limit: number,
  horizon = Number.POSITIVE_INFINITY,
): readonly Pick<Slot, 'operation' | 'at' | 'due'>[] {
  const lines = scheduledLines(task)
  return nextSlots(task, now, limit, horizon).map(({ at, due }) => {
    const { operation } = newestSlot(task, at, lines) ?? task
    return { operation, at, due }
  })
}

function nextSlots(
  task: Task,
  now: Instant,
  limit: number,
  horizon = Number.POSITIVE_INFINITY,
): readonly Pick<Slot, 'at' | 'due'>[] {
  const lines = scheduledLines(task)
  const held = heldUntil(task, now)
  const from = held ?? now
  const newest = newestSlot(task, from, lines)
  const isOwed = newest !== undefined && newest.at > settledUntil(task, now)
  const slots: Pick<Slot, 'at' | 'due'>[] = []
  if (isOwed && held === undefined && newest.due > now) slots.push(newest)
  if (isOwed && held !== undefined && isStateBased(task)) slots.push({ ...newest, due: Math.max(newest.due, held) })
  for (let at = nextSlot(from, lines); at !== undefined && at <= horizon; at = nextSlot(at, lines)) {
    if (slots.length >= limit) break
    slots.push({ at, due: dueTime(task, at, nextSlot(at, task.lines)) })
  }
  return slots
}

/** The next slot of any of these lines. */
export function nextSlot(after: Instant, lines: readonly Line[]): Instant | undefined {
  let next: Instant | undefined
  for (const { timetable } of lines) {
    const at = timetable.nextAfter(after)
    if (at !== undefined && (next === undefined || at < next)) next = at
  }
  return next
}
