import type { Clock } from '../../src/lib/clock.ts'
import { Heap } from '../../src/lib/heap.ts'
import type { Instant } from '../../src/lib/instant.ts'

interface Timer {
  readonly when: Instant
  readonly order: number
  readonly wake: () => void
}

/** Virtual time: it stands still until it is advanced. */
export class FakeClock implements Clock {
  #now: Instant
  #monotonic = 0
  #order = 0
  readonly #timers = new Heap<Timer>((a, b) => a.when < b.when || (a.when === b.when && a.order < b.order))
  readonly #cancelled = new Set<Timer>()

  constructor(start: Instant) {
    this.#now = start
  }

  now(): Instant {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  at(when: Instant, wake: () => void): () => void {
    const timer = { when, order: this.#order++, wake }
    this.#timers.push(timer)
    return () => void this.#cancelled.add(timer)
  }

  /** Lets `milliseconds` pass, timer after timer, each with time for what it sets off. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds
    await settled()
    for (let next = this.#timers.peek(); next && next.when <= until; next = this.#timers.peek()) {
      this.#timers.pop()
      if (this.#cancelled.delete(next)) continue
      this.#pass(next.when)
      next.wake()
      await settled()
    }
    this.#pass(until)
    await settled()
  }

  /** The wall clock is set; monotonic time goes on as before. */
  set(now: Instant): void {
    this.#now = now
  }

  #pass(until: Instant): void {
    const passed = Math.max(0, until - this.#now)
    this.#now += passed
    this.#monotonic += passed
  }
}

/** What follows from one event without any time passing: some rounds of promises. */
async function settled(): Promise<void> {
  for (let n = 0; n < 30; n++) await Promise.resolve()
}
