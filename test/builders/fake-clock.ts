import type { Clock } from '../../src/lib/clock.ts'
import { Heap } from '../../src/lib/heap.ts'
import type { Instant } from '../../src/lib/instant.ts'

interface Timer {
  readonly when: Instant
  /** By the monotonic clock. */
  readonly due: number
  readonly order: number
  readonly wake: () => void
}

/** Virtual time: it stands still until it is advanced. */
export class FakeClock implements Clock {
  #now: Instant
  #monotonic = 0
  #order = 0
  #timers = new Heap<Timer>(isEarlier)
  readonly #waiting = new Map<number, Timer>()

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
    const order = this.#order++
    this.#add({ when, due: this.#dueAt(when), order, wake })
    return () => void this.#waiting.delete(order)
  }

  /** Lets `milliseconds` pass, timer after timer, each with time for what it sets off. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#monotonic + milliseconds
    await settled()
    for (let next = this.#timers.peek(); next && next.due <= until; next = this.#timers.peek()) {
      this.#timers.pop()
      if (!this.#waiting.delete(next.order)) continue
      this.#pass(next.due)
      next.wake()
      await settled()
    }
    this.#pass(until)
    await settled()
  }

  /** Time that passes while nothing happens: the process does not run. */
  standStill(milliseconds: number): void {
    this.#pass(this.#monotonic + milliseconds)
  }

  /** The wall clock is set; monotonic time goes on as before. Nobody waits longer for that, but some have waited enough. */
  set(now: Instant): void {
    this.#now = now
    this.#timers = new Heap<Timer>(isEarlier)
    for (const timer of [...this.#waiting.values()]) {
      this.#add({ ...timer, due: Math.min(timer.due, this.#dueAt(timer.when)) })
    }
  }

  #add(timer: Timer): void {
    this.#timers.push(timer)
    this.#waiting.set(timer.order, timer)
  }

  #dueAt(when: Instant): number {
    return this.#monotonic + Math.max(0, when - this.#now)
  }

  #pass(until: number): void {
    const passed = Math.max(0, until - this.#monotonic)
    this.#now += passed
    this.#monotonic += passed
  }
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

/** What follows from one event without any time passing: all promises, however many there are one after the other. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
