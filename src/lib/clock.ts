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
}

/** Resolves after `milliseconds`, or at once when the signal aborts; it never rejects. */
export function pause(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const cancel = clock.at(clock.now() + milliseconds, done)
    function done(): void {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done, { once: true })
  })
}
