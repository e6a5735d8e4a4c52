import { type Instant, instantOf } from '../lib/instant.ts'
import { armedSince, isStateBased } from './armed.ts'
import { newestDue } from './slots.ts'
import type { Task } from './task.ts'
import { wakeFailed, wakeRetryTime } from './wake-retry.ts'

export interface WakeDebt {
  readonly at: Instant
  /** The slot that it makes up for; without one it is dated at its claim. */
  readonly slotTime?: Instant
  readonly message: string
}

/**
 * A wake that is owed although its slot is settled: an edit or an unsuspend found the newest slot to be a wake while
 * something sleeps, or the wake failed. Not after somebody put it to sleep on request or cancelled the wake.
 */
export function owedWake(task: Task, now: Instant): WakeDebt | undefined {
  const { sleeping, lastSlotTime } = task.status
  if (!sleeping || !isStateBased(task)) return undefined
  const newest = newestDue(task, now)
  if (newest?.operation !== 'wake') return undefined
  const owedSince = Math.max(newest.at, armedSince(task, now))
  if ((instantOf(sleeping.since) ?? 0) >= owedSince) return undefined
  const settled = instantOf(lastSlotTime) ?? 0
  if (settled < owedSince) return { at: owedSince, message: 'the newest slot is a wake and something sleeps' }
  if (!wakeFailed(task)) return undefined
  return {
    at: Math.max(owedSince, wakeRetryTime(task, now)),
    slotTime: settled,
    message: 'the last wake failed: again',
  }
}
