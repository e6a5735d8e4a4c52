import type { Instant } from './instant.ts'

/**
 * The only source of time for the pure rooms, so that a simulation can run the real product.
 * `monotonic` is milliseconds from an arbitrary start and never jumps.
 */
export interface Clock {
  now(): Instant
  monotonic(): number
  /**
   * Calls `wake` once the wall clock has reached `when`. A clock that is set forward is noticed; one that is set back holds
   * nobody up: as much time has to pass as there was until then. Returns a function that cancels.
   */
  at(when: Instant, wake: () => void): () => void
  /** Calls `wake` after `milliseconds` of monotonic time, however the wall clock is set. Returns a function that cancels. */
  after(milliseconds: number, wake: () => void): () => void
}

/** Resolves after `milliseconds` by the wall clock, or at once when the signal aborts; it never rejects. */
export function pause(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return waiting(done => clock.at(clock.now() + milliseconds, done), signal)
}

/** The same by the monotonic clock: for what must not wait an hour because the wall clock was set back by one. */
export function rest(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return waiting(done => clock.after(milliseconds, done), signal)
}

function waiting(begin: (done: () => void) => () => void, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const cancel = begin(done)
    function done(): void {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done, { once: true })
  })
}
