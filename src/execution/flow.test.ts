import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { flow } from './flow.ts'

const attempt = () => new AbortController().signal
const never = attempt()
const alone = () => 1
const answered = { outcome: 'Answered', milliseconds: 1, tellsLatency: true, retryAfter: 0, inFlight: 8 } as const
const busy = { ...answered, outcome: 'Busy' } as const
const rounds = async () => {
  for (let n = 0; n < 10; n++) await Promise.resolve()
}

/** Calls that last until they are let go. */
function calls() {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const call = (name: string) => () => {
    begun.push(name)
    return new Promise<string>(resolve => ends.push(() => resolve(name)))
  }
  const hang = (name: string) => () => {
    begun.push(name)
    return new Promise<string>(() => undefined)
  }
  return { begun, call, hang, end: () => ends.shift()?.() }
}

describe('requests on targets', () => {
  it('wait until fewer are in flight than the limit, in the order in which they came', async () => {
    const { begun, call, end } = calls()
    const requests = flow(new FakeClock(0), 4, alone)
    const all = ['a', 'b', 'c', 'd', 'e'].map(name => requests.pass(call(name), never))
    await rounds()
    expect([begun, requests.inFlight]).toEqual([['a', 'b', 'c', 'd'], 4])
    end()
    expect(await all[0]).toBe('a')
    await rounds()
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('that are aborted while they wait end at once, and are never begun', async () => {
    const { begun, call, end } = calls()
    const requests = flow(new FakeClock(0), 4, alone)
    for (const name of ['a', 'b', 'c', 'd']) void requests.pass(call(name), never)
    const stop = new AbortController()
    const waiting = requests.pass(call('late'), stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    end()
    await rounds()
    expect(begun).not.toContain('late')
    expect(requests.inFlight).toBe(3)
  })

  it('keep their place until they have ended, also when they are aborted on their way', async () => {
    const { call } = calls()
    const requests = flow(new FakeClock(0), 4, alone)
    const stop = new AbortController()
    void requests.pass(call('a'), stop.signal)
    await rounds()
    stop.abort(new Error('enough'))
    await rounds()
    expect(requests.inFlight).toBe(1)
  })

  it('hand on what goes wrong, and let the next one pass', async () => {
    const requests = flow(new FakeClock(0), 4, alone)
    await expect(requests.pass(() => Promise.reject(new Error('refused')), never)).rejects.toThrow('refused')
    expect(await requests.pass(async () => 'fine', never)).toBe('fine')
  })

  it('are fewer at once when the server is busy, and more when it keeps up; who asks is told', async () => {
    const clock = new FakeClock(0)
    const requests = flow(clock, 16, alone)
    const told: number[] = []
    requests.onLimit = () => told.push(requests.limit)
    requests.ended(busy)
    await clock.advance(2000)
    requests.ended(busy)
    for (let n = 0; n < 5; n++) requests.ended(answered)
    expect(told).toEqual([8, 4, 5])
  })

  it('begin as soon as the limit lets them', async () => {
    const { begun, hang } = calls()
    const requests = flow(new FakeClock(0), 4, alone)
    for (const name of ['a', 'b', 'c', 'd', 'e']) void requests.pass(hang(name), never)
    await rounds()
    requests.ended(answered)
    await rounds()
    expect([begun, requests.limit]).toEqual([['a', 'b', 'c', 'd', 'e'], 5])
  })

  it('of attempts that hang leave a place to each other worker', async () => {
    const { begun, call, hang, end } = calls()
    const requests = flow(new FakeClock(0), 5, () => 5)
    for (let n = 0; n < 4; n++) {
      const hanging = attempt()
      for (let m = 0; m < 8; m++) void requests.pass(hang('hangs'), hanging)
    }
    const well = attempt()
    const first = requests.pass(call('first'), well)
    await rounds()
    expect(begun.sort()).toEqual(['first', 'hangs', 'hangs', 'hangs', 'hangs'])
    end()
    await first
    void requests.pass(call('second'), well)
    await rounds()
    expect(begun).toContain('second')
  })

  it('of one attempt have the whole limit when there is no other worker, and what workers leave when there are', async () => {
    for (const [workers, inFlight] of [
      [1, 8],
      [5, 4],
      [200, 1],
    ] as const) {
      const requests = flow(new FakeClock(0), 8, () => workers)
      for (let n = 0; n < 9; n++) void requests.pass(calls().hang('a'), never)
      await rounds()
      expect(requests.inFlight).toBe(inFlight)
    }
  })

  it.each([
    ['eight, when there are workers for all places', 64, 200, 8],
    ['half of all places, when there is no other worker', 64, 1, 32],
    ['what other workers leave of that half', 64, 5, 28],
    ['eight, when half of all places are no more', 16, 1, 8],
  ])('of one attempt are before long %s', async (_, places, workers, inFlight) => {
    const requests = flow(new FakeClock(0), places, () => workers)
    for (let n = 0; n < 100; n++) void requests.pass(calls().hang('a'), never)
    await rounds()
    expect(requests.inFlight).toBe(inFlight)
  })

  it('of a second attempt find as many places as those of the first one', async () => {
    const requests = flow(new FakeClock(0), 64, () => 2)
    const [first, second] = [attempt(), attempt()]
    const ends = calls()
    for (let n = 0; n < 100; n++) {
      void requests.pass(ends.call('first'), first)
      void requests.pass(ends.call('second'), second)
    }
    await rounds()
    for (let n = 0; n < 60; n++) {
      ends.end()
      await rounds()
    }
    const firsts = ends.begun.filter(name => name === 'first').length
    expect(firsts / ends.begun.length).toBeCloseTo(0.5, 1)
  })
})
