/** How many requests may be in flight, learned from how they are answered. Times are monotonic milliseconds. */
export interface Congestion {
  /** Not always whole: it grows by parts. */
  readonly limit: number
  /** Nothing has been too much yet: grow fast. */
  readonly slowStart: boolean
  /** The latency of an API server that has nothing else to do; forgotten slowly, since servers move. */
  readonly shortest: number | undefined
  /** Latency as it is now, smoothed so that a single slow request says nothing. */
  readonly smoothed: number
  readonly decreasedAt: number
  /** A server has asked for rest until then. */
  readonly restUntil: number
}

/** How a request ended. Only writes tell the latency: a list takes as long as it is large. */
export interface Sample {
  readonly outcome: 'Answered' | 'Busy' | 'Unreachable'
  readonly milliseconds: number
  readonly isWrite: boolean
  /** Seconds, of a server that was busy. */
  readonly retryAfter: number
  /** How many requests of all kinds were in flight with it, itself included. */
  readonly inFlight: number
}

export const FEWEST = 4
export const MOST = 64

/** One burst of refusals is one sign: at most one decrease a second. */
const DECREASE_PAUSE = 1000
const WHEN_BUSY = 0.5
const WHEN_SLOW = 0.75
/** Latency of so many times the shortest one, and so much more, is a queue in the server. */
const SLOW_FACTOR = 4
const SLOW_MARGIN = 200
const SMOOTHING = 0.2
const FORGETTING = 1.002
/** Below this part of the limit nothing is learned from success (RFC 7661): what is not used must not grow. */
const USED = 0.75

export function congestion(start: number): Congestion {
  const limit = Math.min(MOST, Math.max(FEWEST, start))
  return {
    limit,
    slowStart: true,
    shortest: undefined,
    smoothed: 0,
    decreasedAt: Number.NEGATIVE_INFINITY,
    restUntil: 0,
  }
}

/**
 * Additive increase, multiplicative decrease, as TCP does it (RFC 5681): halved when the server says that it is busy or is
 * not there; less by a quarter when latency says so (as TCP Vegas); one more for each round of successes at the limit, or
 * for each success as long as nothing has been too much.
 */
export function observed(before: Congestion, sample: Sample, now: number): Congestion {
  const { outcome, retryAfter, inFlight } = sample
  if (outcome !== 'Answered') {
    const restUntil = Math.max(before.restUntil, now + retryAfter * 1000)
    return { ...decreased(before, WHEN_BUSY, now), restUntil }
  }
  const measured = sample.isWrite ? withLatency(before, sample.milliseconds) : before
  const { smoothed, shortest = smoothed } = measured
  if (smoothed > SLOW_FACTOR * shortest + SLOW_MARGIN) return decreased(measured, WHEN_SLOW, now)
  if (now < measured.restUntil || inFlight < USED * measured.limit) return measured
  const more = measured.slowStart ? 1 : 1 / measured.limit
  return { ...measured, limit: Math.min(MOST, measured.limit + more) }
}

function withLatency(before: Congestion, milliseconds: number): Congestion {
  const { shortest, smoothed } = before
  if (shortest === undefined) return { ...before, shortest: milliseconds, smoothed: milliseconds }
  return {
    ...before,
    shortest: Math.min(milliseconds, shortest * FORGETTING),
    smoothed: smoothed + SMOOTHING * (milliseconds - smoothed),
  }
}

function decreased(before: Congestion, by: number, now: number): Congestion {
  if (now < before.decreasedAt + DECREASE_PAUSE) return before
  return { ...before, limit: Math.max(FEWEST, before.limit * by), slowStart: false, decreasedAt: now }
}
