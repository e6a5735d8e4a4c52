import type { Clock } from '../../src/lib/clock.ts'
import { Heap } from '../../src/lib/heap.ts'
import type { Instant } from '../../src/lib/instant.ts'

interface Timer {
  /** By the wall, or by the monotonic clock. */
  readonly when: number
  readonly order: number
  readonly wake: () => void
}

/** Virtual time: it stands still until it is advanced. */
export class FakeClock implements Clock {
  #now: Instant
  #monotonic = 0
  #order = 0
  readonly #timers = new Heap<Timer>(isEarlier)
  readonly #monotonicTimers = new Heap<Timer>(isEarlier)
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
    return this.#add(this.#timers, when, wake)
  }

  after(milliseconds: number, wake: () => void): () => void {
    return this.#add(this.#monotonicTimers, this.#monotonic + milliseconds, wake)
  }

  /** Lets `milliseconds` pass, timer after timer, each with time for what it sets off. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds
    await settled()
    for (let next = this.#next(); next && next.at <= until; next = this.#next()) {
      next.timers.pop()
      if (this.#cancelled.delete(next.timer)) continue
      this.#pass(next.at)
      next.timer.wake()
      await settled()
    }
    this.#pass(until)
    await settled()
  }

  /** The wall clock is set; monotonic time goes on as before. */
  set(now: Instant): void {
    this.#now = now
  }

  #add(timers: Heap<Timer>, when: number, wake: () => void): () => void {
    const timer = { when, order: this.#order++, wake }
    timers.push(timer)
    return () => void this.#cancelled.add(timer)
  }

  /** The timer that comes first, and when that is by the wall clock. */
  #next(): { readonly timers: Heap<Timer>; readonly timer: Timer; readonly at: Instant } | undefined {
    const byWall = this.#timers.peek()
    const monotonic = this.#monotonicTimers.peek()
    const ahead = this.#now - this.#monotonic
    const isFirst = byWall && (!monotonic || isEarlier(byWall, { ...monotonic, when: monotonic.when + ahead }))
    if (isFirst) return { timers: this.#timers, timer: byWall, at: byWall.when }
    return monotonic && { timers: this.#monotonicTimers, timer: monotonic, at: monotonic.when + ahead }
  }

  #pass(until: Instant): void {
    const passed = Math.max(0, until - this.#now)
    this.#now += passed
    this.#monotonic += passed
  }
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.when < b.when || (a.when === b.when && a.order < b.order)
}

/** What follows from one event without any time passing: all promises, however many there are one after the other. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
