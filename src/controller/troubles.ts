import { FaultError } from '../api/fault.ts'
import { SECOND } from '../lib/instant.ts'

/** Nobody waits longer for the next try when somebody answers. */
const LONGEST = 30 * SECOND
/** While nobody answers, so much time lies between two tasks that ask. */
const APART = 2 * SECOND
/** Whoever fails so often, for some minutes, although the API server answers, will not work soon. */
const HOPELESS = 15

/** What is no answer of the API server is a mistake of ours: it is told with where it happened. */
export function inWords(error: unknown): string {
  if (error instanceof FaultError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/**
 * Tasks of which something could not be done, by key: each is tried again, later each time. When nobody answers, each
 * task that wants to ask gets a turn of its own, one after the other, however many there are; the first answer is for all.
 */
export class Troubles {
  /** How often it has failed by itself: what was before nobody answered counts no more. */
  readonly #failures = new Map<string, number>()
  /** While nobody answers: when whose turn is, by the monotonic clock. */
  readonly #turns = new Map<string, number>()
  #lastTurn = 0

  /** Returns in how many milliseconds to try again. `now`: by the monotonic clock. */
  add(key: string, error: unknown, now: number): number {
    const failures = this.#failures.get(key) ?? 0
    this.forget(key)
    if (error instanceof FaultError && error.fault.reason === 'Unreachable') return this.#giveTurn(key, now)
    this.#failures.set(key, failures + 1)
    return Math.min(2 ** failures * SECOND, LONGEST)
  }

  /** In how many milliseconds a task may ask for something: at once, unless nobody answers. */
  wait(key: string, now: number): number {
    if (this.#turns.size === 0) return 0
    const turn = this.#turns.get(key)
    return turn === undefined ? this.#giveTurn(key, now) : Math.max(0, turn - now)
  }

  /** Somebody answers. Returns who has waited for that. */
  answered(): readonly string[] {
    const waiting = [...this.#turns.keys()]
    this.#turns.clear()
    this.#lastTurn = 0
    return waiting
  }

  isHopeless(key: string): boolean {
    return (this.#failures.get(key) ?? 0) > HOPELESS
  }

  /** It is gone, or something of it has worked. */
  forget(key: string): void {
    this.#failures.delete(key)
    this.#turns.delete(key)
  }

  #giveTurn(key: string, now: number): number {
    this.#lastTurn = Math.max(this.#lastTurn, now) + APART
    this.#turns.set(key, this.#lastTurn)
    return this.#lastTurn - now
  }
}
