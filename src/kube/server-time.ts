import type { Clock } from '../lib/clock.ts'
import type { Instant } from '../lib/instant.ts'

/**
 * The API server's time, by its last answer and the monotonic clock since then: a clock that is set is noticed at once,
 * and not only with the next answer, before which much may have been claimed too early.
 */
export class ServerTime {
  readonly #clock: Clock
  /** The server's time at a moment of the monotonic clock. */
  #heard: { readonly time: Instant; readonly at: number } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds that this clock is ahead of the API server's; 0 as long as nothing was heard of it. */
  get ahead(): number {
    if (!this.#heard) return 0
    const { time, at } = this.#heard
    return this.#clock.now() - (time + this.#clock.monotonic() - at)
  }

  heard(time: Instant): void {
    this.#heard = { time, at: this.#clock.monotonic() }
  }
}
