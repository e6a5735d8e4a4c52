/** How many requests may be in flight, learned from how they are answered. Times are monotonic milliseconds. */
export interface Congestion {
  /** Not always whole: it grows by parts. */
  readonly limit: number
  /** Nothing has been too much yet: grow fast. */
  readonly slowStart: boolean
  /** The latency of an API server that has nothing else to do; forgotten slowly, since servers move. */
  readonly shortest: number | undefined
  /** Which part of the recent writes was slow, 0 to 1: how slow is of no matter, so neither one nor a few decide. */
  readonly slow: number
  readonly decreasedAt: number
  /** A server has asked for rest until then. */
  readonly restUntil: number
}

/** How a request ended. Only writes on targets tell the latency: a list takes as long as it is large. */
export interface Sample {
  readonly outcome: 'Answered' | 'Busy' | 'Unreachable'
  readonly milliseconds: number
  readonly tellsLatency: boolean
  /** Seconds, of a server that was busy. */
  readonly retryAfter: number
  /** How many requests of all kinds were in flight with it, itself included. */
  readonly inFlight: number
  /** How many waited for their turn. */
  readonly waiting: number
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
/** More slow writes than this part: not one slow kind among others, but the server. */
const MOST_ARE_SLOW = 0.5
const SMOOTHING = 0.05
const FORGETTING = 1.002
/** With fewer in flight, and none that waits, success teaches nothing (RFC 7661): what is not used must not grow. */
const USED = 0.75

export function congestion(start: number): Congestion {
  const limit = Math.min(MOST, Math.max(FEWEST, start))
  return {
    limit,
    slowStart: true,
    shortest: undefined,
    slow: 0,
    decreasedAt: Number.NEGATIVE_INFINITY,
    restUntil: 0,
  }
}

/**
 * Additive increase, multiplicative decrease, as TCP does it (RFC 5681): halved when the server says that it is busy or is
 * not there; less by a quarter when most writes take much longer than the shortest one (the sign of TCP Vegas); one more
 * for each round of successes at the limit, or for each success as long as nothing has been too much.
 */
export function observed(before: Congestion, sample: Sample, now: number): Congestion {
  const { outcome, milliseconds, retryAfter, inFlight, waiting } = sample
  const begun = now - milliseconds
  if (outcome !== 'Answered') {
    const restUntil = Math.max(before.restUntil, now + retryAfter * 1000)
    return { ...decreased(before, WHEN_BUSY, begun, now), restUntil }
  }
  const isSlow = sample.tellsLatency && milliseconds > slowerThan(before.shortest ?? milliseconds)
  const measured = sample.tellsLatency ? withLatency(before, milliseconds, isSlow) : before
  if (measured.slow > MOST_ARE_SLOW) return isSlow ? decreased(measured, WHEN_SLOW, begun, now) : measured
  const isUsed = waiting > 0 || inFlight >= USED * measured.limit
  if (now < measured.restUntil || !isUsed) return measured
  const more = measured.slowStart ? 1 : 1 / measured.limit
  return { ...measured, limit: Math.min(MOST, measured.limit + more) }
}

function slowerThan(shortest: number): number {
  return SLOW_FACTOR * shortest + SLOW_MARGIN
}

function withLatency(before: Congestion, milliseconds: number, isSlow: boolean): Congestion {
  const { shortest = milliseconds, slow } = before
  return {
    ...before,
    shortest: Math.min(milliseconds, shortest * FORGETTING),
    slow: slow + SMOOTHING * ((isSlow ? 1 : 0) - slow),
  }
}

/** What was begun before the last decrease knows nothing of it: at most one in a round trip (RFC 6582). */
function decreased(before: Congestion, by: number, begun: number, now: number): Congestion {
  const { limit, decreasedAt } = before
  if (begun < decreasedAt || now < decreasedAt + DECREASE_PAUSE) return before
  return { ...before, limit: Math.max(FEWEST, limit * by), slowStart: false, decreasedAt: now }
}
