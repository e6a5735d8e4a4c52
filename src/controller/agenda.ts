import type { Clock } from '../lib/clock.ts'
import { Heap } from '../lib/heap.ts'
import type { Instant } from '../lib/instant.ts'

/** So many keys at most in one go, and for so many milliseconds: the event loop must not stall when all are due at once. */
const CHUNK = 500
const TURN = 10
/** Two clocks never run alike: less than this, in milliseconds, is no jump. */
const SET_BACK = 1000

interface Entry {
  readonly key: string
  readonly when: Instant
}

const emptyHeap = () => new Heap<Entry>((a, b) => a.when < b.when)

/** When to look at which task again: one heap, one timer, at most one instant a key. */
export class Agenda {
  readonly #clock: Clock
  readonly #onDue: (key: string) => void
  #heap = emptyHeap()
  /** The entry that counts for a key; others in the heap are stale and dropped when they surface. */
  readonly #current = new Map<string, Entry>()
  #timer: { readonly when: Instant; readonly cancel: () => void } | undefined
  /** How far the wall clock is ahead of the monotonic one. */
  #ahead: number
  #closed = false

  constructor(clock: Clock, onDue: (key: string) => void) {
    this.#clock = clock
    this.#onDue = onDue
    this.#ahead = clock.now() - clock.monotonic()
  }

  /** `undefined`: not at all. */
  set(key: string, when: Instant | undefined): void {
    if (when === undefined) {
      this.#current.delete(key)
      return
    }
    if (this.#current.get(key)?.when === when) return
    const entry = { key, when }
    this.#current.set(key, entry)
    this.#heap.push(entry)
    if (this.#heap.size > 2 * this.#current.size + CHUNK) this.#compact()
    this.#arm()
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
  }

  /** Stale entries of years ahead would never surface. */
  #compact(): void {
    this.#heap = emptyHeap()
    for (const entry of this.#current.values()) this.#heap.push(entry)
  }

  #arm(): void {
    for (let top = this.#heap.peek(); top && this.#current.get(top.key) !== top; top = this.#heap.peek())
      this.#heap.pop()
    const next = this.#heap.peek()
    if (this.#closed || !next || (this.#timer && this.#timer.when <= next.when)) return
    this.#timer?.cancel()
    this.#timer = { when: next.when, cancel: this.#clock.at(next.when, () => this.#fire()) }
  }

  #fire(): void {
    const now = this.#clock.now()
    this.#timer = undefined
    // What was to be looked at soon must not wait until the clock is where it was.
    if (this.#isSetBack(now)) for (const key of [...this.#current.keys()]) this.set(key, now)
    const until = this.#clock.monotonic() + TURN
    for (let n = 0; n < CHUNK && !this.#closed && this.#clock.monotonic() < until; ) {
      const top = this.#heap.peek()
      if (!top || top.when > now) break
      this.#heap.pop()
      if (this.#current.get(top.key) !== top) continue
      this.#current.delete(top.key)
      n++
      this.#onDue(top.key)
    }
    this.#arm()
  }

  /** By itself, not by the timer: since then something earlier may have been set. */
  #isSetBack(now: Instant): boolean {
    const ahead = now - this.#clock.monotonic()
    const isSetBack = ahead < this.#ahead - SET_BACK
    this.#ahead = ahead
    return isSetBack
  }
}
