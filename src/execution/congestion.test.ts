import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seed } from '../../test/builders/seed.ts'
import { type Congestion, congestion, FEWEST, MOST, observed, type Sample } from './congestion.ts'

const answered = (milliseconds: number, changes: Partial<Sample> = {}): Sample => ({
  outcome: 'Answered',
  milliseconds,
  tellsLatency: true,
  retryAfter: 0,
  inFlight: MOST,
  waiting: 0,
  ...changes,
})
const busy = (retryAfter = 0) => answered(1, { outcome: 'Busy', retryAfter })

/** After so many of the same, a millisecond apart. */
function asked(state: Congestion, sample: Sample, times: number, from = 0): Congestion {
  let now = from
  let next = state
  for (let n = 0; n < times; n++) next = observed(next, sample, now++)
  return next
}

describe('requests in flight', () => {
  it('begin with what they are told to, within their bounds', () => {
    expect([1, 5, 500].map(start => congestion(start).limit)).toEqual([FEWEST, 5, MOST])
  })

  it('double with each round of successes until something is too much, then grow by one a round', () => {
    const grown = asked(congestion(8), answered(5), 8)
    expect(grown.limit).toBe(16)
    const halved = observed(grown, busy(), 1000)
    expect(halved.limit).toBe(8)
    expect(asked(halved, answered(5), 8, 3000).limit).toBeCloseTo(9, 0)
  })

  it('do not grow while they are not used', () => {
    expect(asked(congestion(8), answered(5, { inFlight: 5 }), 100).limit).toBe(8)
    expect(asked(congestion(8), answered(5, { inFlight: 6 }), 1).limit).toBe(9)
    expect(asked(congestion(8), answered(5, { inFlight: 1, waiting: 1 }), 1).limit).toBe(9)
  })

  it('are halved once by a burst of refusals, and again a second later', () => {
    const burst = asked(congestion(64), busy(), 64)
    expect(burst.limit).toBe(32)
    expect(observed(burst, busy(), 1100).limit).toBe(16)
  })

  it('rest for as long as the server has asked', () => {
    const resting = observed(congestion(16), busy(5), 0)
    expect(asked(resting, answered(5), 50, 4000).limit).toBe(8)
    expect(asked(resting, answered(5), 50, 5000).limit).toBeGreaterThan(8)
  })

  it('are halved when nobody answers', () => {
    expect(observed(congestion(16), answered(1, { outcome: 'Unreachable' }), 0).limit).toBe(8)
  })

  it('become fewer when latency says that they queue up in the server', () => {
    const usual = asked(congestion(16), answered(5), 50)
    const slow = asked(usual, answered(600), 20, 10_000)
    expect(slow.limit).toBe(usual.limit * 0.75)
  })

  it('do not become fewer by what was begun before they did', () => {
    const halved = observed(congestion(64), busy(), 10_000)
    const late = answered(30_000, { outcome: 'Unreachable' })
    expect(observed(halved, late, 39_000).limit).toBe(32)
    expect(observed(halved, late, 41_000).limit).toBe(16)
  })

  it('do not become fewer by an answer that was fast, even when most were slow', () => {
    const usual = asked(congestion(16), answered(5), 50)
    const slow = asked(usual, answered(600), 20, 10_000)
    expect(observed(slow, answered(5), 20_000).limit).toBe(slow.limit)
    expect(observed(slow, answered(600), 20_000).limit).toBe(slow.limit * 0.75)
  })

  it.each([
    ['one slow request', 5, [answered(900)]],
    ['one request, however slow it is', 5, [answered(29_000)]],
    ['one slow kind among others', 5, Array.from({ length: 200 }, (_, n) => answered(n % 4 === 0 ? 8000 : 5))],
    ['slow lists, which are long', 5, Array.from({ length: 50 }, () => answered(5000, { tellsLatency: false }))],
    ['a far server, on which all take long', 150, Array.from({ length: 50 }, () => answered(150))],
  ])('are not fewer by %s', (_, milliseconds, samples) => {
    let state = asked(congestion(16), answered(milliseconds), 50)
    const { limit } = state
    for (const [n, sample] of samples.entries()) state = observed(state, sample, 10_000 + 100 * n)
    expect(state.limit).toBeGreaterThanOrEqual(limit)
  })

  it('stay within their bounds, whatever happens, and become fewer at most once a second', () => {
    const sample = fc.record({
      outcome: fc.constantFrom('Answered', 'Busy', 'Unreachable'),
      milliseconds: fc.double({ min: 0, max: 60_000, noNaN: true }),
      tellsLatency: fc.boolean(),
      retryAfter: fc.nat(3600),
      inFlight: fc.nat(100),
      waiting: fc.nat(3),
    })
    const course = fc.array(fc.tuple(sample as fc.Arbitrary<Sample>, fc.nat(2000)), { maxLength: 300 })
    const property = fc.property(fc.integer({ min: 1, max: 256 }), course, (start, samples) => {
      let [state, now, decreasedAt] = [congestion(start), 0, Number.NEGATIVE_INFINITY]
      for (const [next, pause] of samples) {
        now += pause
        const before = state.limit
        state = observed(state, next, now)
        expect(state.limit).toBeGreaterThanOrEqual(FEWEST)
        expect(state.limit).toBeLessThanOrEqual(MOST)
        expect(state.limit - before).toBeLessThanOrEqual(1)
        if (state.limit >= before) continue
        expect(now - decreasedAt).toBeGreaterThanOrEqual(1000)
        decreasedAt = now
      }
    })
    fc.assert(property, { seed: seed(), numRuns: 200 })
  })
})
