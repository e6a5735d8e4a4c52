import PQueue from 'p-queue'
import type { Clock } from '../lib/clock.ts'
import { congestion, observed, type Sample } from './congestion.ts'

/**
 * Requests on targets that are under way at once, over all runs, reads and writes alike. Rota's own requests (claims,
 * records, leases, watches) do not stand in this line: a record that waits behind a thousand patches keeps a worker.
 */
export interface Flow {
  /** Whole; changes with how the API server keeps up. */
  readonly limit: number
  readonly inFlight: number
  /** Begins the call when its turn has come; aborted before that, it never does. @throws what the call throws, or the reason of the abort */
  pass<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** How a request ended, also one of Rota's own. */
  ended(sample: Sample): void
}

/** @param start how many at first */
export function flow(clock: Clock, start: number): Flow {
  let state = congestion(start)
  const queue = new PQueue({ concurrency: Math.floor(state.limit) })
  return {
    get limit() {
      return queue.concurrency
    },
    get inFlight() {
      return queue.pending
    },
    // Not with the queue's own signal: that frees the place while the call may still be under way.
    pass: (call, signal) =>
      new Promise((resolve, reject) => {
        const abandon = () => reject(signal.reason)
        signal.addEventListener('abort', abandon, { once: true })
        void queue.add(async () => {
          signal.removeEventListener('abort', abandon)
          if (signal.aborted) return reject(signal.reason)
          await call().then(resolve, reject)
        })
      }),
    ended(sample) {
      state = observed(state, sample, clock.monotonic())
      const limit = Math.floor(state.limit)
      if (limit !== queue.concurrency) queue.concurrency = limit
    },
  }
}
