import { hashFraction } from '../lib/hash.ts'
import { type Instant, SECOND } from '../lib/instant.ts'
import type { Effort } from './settings.ts'

/** Jitter lengthens a pause by up to this part of it, so that what failed together is not tried again together. */
const JITTER = 0.2

/** What a server asks for with `Retry-After` is heeded up to this many seconds. */
const LONGEST_RETRY_AFTER = 3600

/** No pause is longer, in milliseconds: one that seems to be was noted by a clock that went wrong. */
export function longestPause({ delaySeconds, maxDelaySeconds }: Effort): number {
  return Math.max(LONGEST_RETRY_AFTER, (1 + JITTER) * Math.max(delaySeconds, maxDelaySeconds)) * SECOND + SECOND
}

/**
 * When the attempt after `attempt` (1-based) may start: constant, or doubled each time up to the cap; jitter by hash of
 * the run and attempt only ever lengthens it; a server's `Retry-After` (seconds) is a lower bound.
 */
export function nextAttemptTime(effort: Effort, run: string, attempt: number, now: Instant, retryAfter = 0): Instant {
  const factor = effort.backoff === 'Exponential' ? 2 ** (attempt - 1) : 1
  const seconds = Math.min(effort.delaySeconds * factor, Math.max(effort.maxDelaySeconds, effort.delaySeconds))
  const jittered = seconds * (1 + JITTER * hashFraction(run, String(attempt)))
  return Math.ceil(now + Math.max(jittered, Math.min(retryAfter, LONGEST_RETRY_AFTER)) * SECOND)
}
