import { HOLD_ANNOTATION, LONGEST_HOLD_DAYS } from '../api/names.ts'
import { type Instant, instantOf, rfc3339, SECOND } from '../lib/instant.ts'
import type { Problem } from './read-spec.ts'
import type { Task } from './task.ts'

const LONGEST = LONGEST_HOLD_DAYS * 24 * 3600 * SECOND

/** Until when `rota.dev/hold-until` keeps scheduled runs back; `undefined` when it does not now. */
export function heldUntil(task: Task, now: Instant): Instant | undefined {
  const until = instantOf(task.requests.hold)
  return until !== undefined && until > now ? until : undefined
}

/** When the last hold ended: at its time, or when it was taken back. Slots up to then are never owed. */
export function holdEnded(task: Task, now: Instant): Instant | undefined {
  if (heldUntil(task, now) !== undefined) return undefined
  const noted = instantOf(task.status.holdUntil)
  const until = instantOf(task.requests.hold)
  const ends = [until, noted && Math.min(now, noted)].filter(end => end !== undefined)
  return ends.length > 0 ? Math.max(...ends) : undefined
}

/** A typing error in the year must not switch a task off for ever. */
export function holdProblem(task: Task, now: Instant): (Problem & { readonly until: Instant }) | undefined {
  const until = heldUntil(task, now)
  if (until === undefined || until <= now + LONGEST) return undefined
  const message = `annotation ${HOLD_ANNOTATION} is ${rfc3339(until)}: a hold lasts ${LONGEST_HOLD_DAYS} days at most; suspend the task instead`
  return { reason: 'InvalidRequest', message, until: until - LONGEST }
}
