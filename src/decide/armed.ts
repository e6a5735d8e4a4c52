import { type Instant, instantOf, rfc3339, SECOND } from '../lib/instant.ts'
import { breakerProblem, isBroken } from './breaker.ts'
import { heldUntil, holdEnded, holdProblem } from './hold.ts'
import type { Line, Problem } from './read-spec.ts'
import type { Task } from './task.ts'

/** Why a task cannot be scheduled: it is `Stalled`. */
export function stall(task: Task, now: Instant): Problem | undefined {
  return task.problem ?? holdProblem(task, now) ?? breakerProblem(task)
}

/** Nothing is scheduled for a task that cannot work, goes, is suspended or held. */
export function isArmed(task: Task, now: Instant): boolean {
  return isScheduled(task) && heldUntil(task, now) === undefined
}

function isScheduled({ problem, deleted, spec }: Task): boolean {
  return !problem && deleted === undefined && !spec.suspend
}

/** Whose slots count now. */
export function armedLines(task: Task, now: Instant): readonly Line[] {
  return isArmed(task, now) ? scheduledLines(task) : []
}

/** Whose slots count, or will when a hold ends. A breaker never holds back a wake: what sleeps must not sleep on. */
export function scheduledLines(task: Task): readonly Line[] {
  if (!isScheduled(task)) return []
  return isBroken(task) ? task.lines.filter(({ operation }) => operation === 'wake' && isStateBased(task)) : task.lines
}

/** A sleep with `wakeSchedule` is a state: only the newest slot of both kinds counts, however old. */
export function isStateBased(task: Task): boolean {
  return task.operation === 'sleep' && task.spec.operation.sleep?.wakeSchedule !== undefined
}

/**
 * Slots at or before `since` are never owed: it is the creation, the last change of the schedule, the end of a stall or
 * of a hold.
 */
export function armedSince(task: Task, now: Instant): Instant {
  const { status, scheduleKey, created } = task
  const wasStalled = status.phase === 'Stalled' && !stall(task, now)
  const known = status.schedule?.key === scheduleKey && !wasStalled ? instantOf(status.schedule.since) : undefined
  const since = known ?? (status.schedule ? now : created)
  const ended = holdEnded(task, now)
  if (ended === undefined) return since
  return Math.max(since, isStateBased(task) ? beforeNewest(task, ended) : ended)
}

/** After a hold a state is what its newest slot says, also when that fell within the hold. */
function beforeNewest({ lines }: Task, at: Instant): Instant {
  return Math.max(...lines.map(({ timetable }) => timetable.lastAtOrBefore(at) ?? 0)) - SECOND
}

export function scheduleInForce(task: Task, now: Instant): { readonly key: string; readonly since: string } {
  const { schedule } = task.status
  const since = rfc3339(armedSince(task, now))
  return schedule?.key === task.scheduleKey && schedule.since === since ? schedule : { key: task.scheduleKey, since }
}
