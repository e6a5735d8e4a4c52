import type { Clock } from '../lib/clock.ts'
import { congestion, MOST, observed, type Sample } from './congestion.ts'

/** So many an attempt may have in flight as long as there are places. What it has beyond that is of one half of all places only. */
const USUAL = 8

/**
 * Requests on targets that are under way at once, over all runs, reads and writes alike. Rota's own requests (claims,
 * records, leases, watches) do not stand in this line: a record that waits behind a thousand patches keeps a worker.
 */
export interface Flow {
  /** Whole; changes with how the API server keeps up. */
  readonly limit: number
  readonly inFlight: number
  /** Called when the limit has changed. */
  onLimit: () => void
  /**
   * Begins the call when its turn has come; aborted before that, it never does.
   * @param attempt the signal that all requests of one attempt have in common
   * @throws what the call throws, or the reason of the abort
   */
  pass<T>(call: () => Promise<T>, attempt: AbortSignal): Promise<T>
  /** How a request ended, also one of Rota's own. */
  ended(sample: Omit<Sample, 'waiting'>): void
}

interface Waiting {
  readonly attempt: AbortSignal
  readonly begin: () => void
}

/**
 * @param start how many at first
 * @param workers how many attempts may be in progress now
 */
export function flow(clock: Clock, start: number, workers: () => number): Flow {
  let state = congestion(start)
  let inFlight = 0
  /** Requests under way of each attempt that has any. */
  const perAttempt = new Map<AbortSignal, number>()
  const line = new Set<Waiting>()
  const limit = () => Math.floor(state.limit)

  /** A place is kept for each worker that has none: attempts that hang do not hold those of the others. */
  const kept = () => Math.min(Math.max(0, workers() - perAttempt.size), MOST - USUAL)
  const mayGo = (attempt: AbortSignal) => {
    const own = perAttempt.get(attempt) ?? 0
    const places = own < USUAL ? limit() : limit() / 2
    return inFlight + (own > 0 ? kept() : 0) < places
  }
  const count = (attempt: AbortSignal, more: 1 | -1) => {
    inFlight += more
    const own = (perAttempt.get(attempt) ?? 0) + more
    if (own > 0) perAttempt.set(attempt, own)
    else perAttempt.delete(attempt)
  }
  const proceed = () => {
    for (const next of line) {
      if (inFlight >= limit()) return
      if (mayGo(next.attempt)) next.begin()
    }
  }
  /** Resolves when its turn has come, and has taken a place then. */
  const turn = (attempt: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const abandon = () => {
        line.delete(waiting)
        reject(attempt.reason)
      }
      const begin = () => {
        line.delete(waiting)
        attempt.removeEventListener('abort', abandon)
        count(attempt, 1)
        resolve()
      }
      const waiting = { attempt, begin }
      if (attempt.aborted) return abandon()
      if (mayGo(attempt)) return begin()
      attempt.addEventListener('abort', abandon, { once: true })
      line.add(waiting)
    })

  const requests: Flow = {
    get limit() {
      return limit()
    },
    get inFlight() {
      return inFlight
    },
    onLimit: () => undefined,
    async pass(call, attempt) {
      await turn(attempt)
      // Its place is free once it has truly ended, not when it is aborted.
      try {
        return await call()
      } finally {
        count(attempt, -1)
        proceed()
      }
    },
    ended(sample) {
      const before = limit()
      state = observed(state, { ...sample, waiting: line.size }, clock.monotonic())
      if (limit() === before) return
      proceed()
      requests.onLimit()
    },
  }
  return requests
}
