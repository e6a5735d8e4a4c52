import type { Clock } from '../lib/clock.ts'
import { SECOND } from '../lib/instant.ts'

/** What an attempt may take beyond its time. */
const AFTER_DEADLINE = 1 * SECOND
/** The longest that a webhook may take, unless it is allowed more: nearly all that was sent has been answered by then. */
const AFTER_STOP = 10 * SECOND

interface Ends {
  readonly stop: AbortSignal
  readonly deadline: AbortSignal
  readonly letGo: AbortSignal
  readonly clock: Clock
}

/**
 * An attempt that ends begins no further write, but what was sent may be carried out all the same: so its answers are
 * waited for a little, else the record of the run would not tell of it, or come before it.
 * @returns the signal that ends the wait, and what is to be called when there is nothing to wait for any more
 */
export function lastAnswers({ stop, deadline, letGo, clock }: Ends): { readonly signal: AbortSignal; end(): void } {
  const over = new AbortController()
  const abort = () => over.abort()
  const cancels: (() => void)[] = []
  const patience = (signal: AbortSignal, milliseconds: number) => {
    const wait = () => void cancels.push(clock.at(clock.now() + milliseconds, abort))
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait, { once: true })
    cancels.push(() => signal.removeEventListener('abort', wait))
  }
  patience(stop, AFTER_STOP)
  patience(deadline, AFTER_DEADLINE)
  return {
    signal: AbortSignal.any([letGo, over.signal]),
    end() {
      for (const cancel of cancels.splice(0)) cancel()
    },
  }
}
