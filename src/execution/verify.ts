import { faultIn } from '../api/fault.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { SECOND } from '../lib/instant.ts'
import { listed } from '../lib/text.ts'
import type { Bound, RunContext } from '../operations/contract.ts'
import { finalFailure, type Outcome } from './outcome.ts'
import type { Calls } from './ports.ts'

/** Looked at so often. */
const POLL = SECOND

/**
 * After an attempt that succeeded: whether what was changed is really so. It looks until it is, or until the time that the
 * author gave for that is over; it changes nothing, and is not tried again. What cannot be looked at is not known to be so.
 * @throws what the signal was aborted with
 */
export async function verified(
  { unverified, verifySeconds }: Bound,
  outcome: Outcome & { readonly result: 'Succeeded' },
  run: RunContext,
  calls: Calls,
  clock: Clock,
  stop: AbortSignal,
  progress: (says: string) => void,
): Promise<Outcome> {
  if (!unverified || verifySeconds === undefined) return outcome
  const until = clock.now() + verifySeconds * SECOND
  for (;;) {
    const open = await unverified(run, calls).catch(unseen)
    if (open.length === 0) return { ...outcome, message: `${outcome.message}; verified` }
    const says = `not yet so: ${listed(open)}`
    if (clock.now() >= until) {
      const error = `not so after ${verifySeconds} s: ${listed(open)}; ${outcome.message}`
      const { output, changed, asleep } = outcome
      return finalFailure('NotVerified', error, { output, changed, ...(asleep && { asleep }) })
    }
    progress(says)
    await pause(clock, POLL, stop)
    stop.throwIfAborted()
  }
}

function unseen(error: unknown): readonly string[] {
  return [faultIn(error).message]
}
