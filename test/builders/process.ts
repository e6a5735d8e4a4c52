import type { Clock } from '../../src/lib/clock.ts'
import type { Instant } from '../../src/lib/instant.ts'

interface Timer {
  readonly when: Instant
  /** True time. */
  due: Instant
  readonly wake: () => void
  cancel: () => void
}

/**
 * A process as the machine treats it: killed, it does nothing any more; frozen, it does everything late and knows nothing
 * of it. Its clock may be wrong, and be set.
 */
export class ModelProcess implements Clock {
  readonly #time: Clock
  readonly #timers = new Set<Timer>()
  readonly #held: (() => void)[] = []
  #state: 'Running' | 'Frozen' | 'Dead' = 'Running'
  #skew: number

  constructor(time: Clock, skew = 0) {
    this.#time = time
    this.#skew = skew
  }

  get isDead(): boolean {
    return this.#state === 'Dead'
  }

  get isFrozen(): boolean {
    return this.#state === 'Frozen'
  }

  now(): Instant {
    return this.#time.now() + this.#skew
  }

  monotonic(): number {
    return this.#time.monotonic()
  }

  at(when: Instant, wake: () => void): () => void {
    const timer: Timer = { when, due: Number.POSITIVE_INFINITY, wake, cancel: () => undefined }
    this.#timers.add(timer)
    this.#arm(timer)
    return () => {
      timer.cancel()
      this.#timers.delete(timer)
    }
  }

  /** Something reaches the process. */
  deliver(event: () => void): void {
    if (this.#state === 'Running') event()
    else if (this.#state === 'Frozen') this.#held.push(event)
  }

  /** Its clock is ahead by so many milliseconds from now on. */
  setClock(skew: number): void {
    this.#skew = skew
    for (const timer of this.#timers) {
      timer.cancel()
      this.#arm(timer)
    }
  }

  freeze(): void {
    if (this.#state === 'Running') this.#state = 'Frozen'
  }

  thaw(): void {
    if (this.#state !== 'Frozen') return
    this.#state = 'Running'
    for (const event of this.#held.splice(0)) event()
  }

  kill(): void {
    this.#state = 'Dead'
    this.#held.length = 0
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  #arm(timer: Timer): void {
    if (this.#state === 'Dead') return
    timer.due = Math.min(timer.due, Math.max(timer.when - this.#skew, this.#time.now()))
    timer.cancel = this.#time.at(timer.due, () =>
      this.deliver(() => {
        if (this.#timers.delete(timer)) timer.wake()
      }),
    )
  }
}
