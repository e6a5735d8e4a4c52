import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { flow } from './flow.ts'

const never = new AbortController().signal
const busy = { outcome: 'Busy', milliseconds: 1, isWrite: true, retryAfter: 0, inFlight: 8 } as const
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
  return { begun, call, end: () => ends.shift()?.() }
}

describe('requests on targets', () => {
  it('wait until fewer are in flight than the limit, in the order in which they came', async () => {
    const { begun, call, end } = calls()
    const requests = flow(new FakeClock(0), 4)
    const all = ['a', 'b', 'c', 'd', 'e'].map(name => requests.pass(call(name), never))
    expect([begun, requests.inFlight]).toEqual([['a', 'b', 'c', 'd'], 4])
    end()
    expect(await all[0]).toBe('a')
    await rounds()
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('that are aborted while they wait end at once, and are never begun', async () => {
    const { begun, call, end } = calls()
    const requests = flow(new FakeClock(0), 4)
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
    const requests = flow(new FakeClock(0), 4)
    const stop = new AbortController()
    void requests.pass(call('a'), stop.signal)
    await rounds()
    stop.abort(new Error('enough'))
    await rounds()
    expect(requests.inFlight).toBe(1)
  })

  it('hand on what goes wrong, and let the next one pass', async () => {
    const requests = flow(new FakeClock(0), 4)
    await expect(requests.pass(() => Promise.reject(new Error('refused')), never)).rejects.toThrow('refused')
    expect(await requests.pass(async () => 'fine', never)).toBe('fine')
  })

  it('are fewer at once when the server is busy', async () => {
    const clock = new FakeClock(0)
    const requests = flow(clock, 16)
    requests.ended(busy)
    expect(requests.limit).toBe(8)
    await clock.advance(2000)
    requests.ended(busy)
    expect(requests.limit).toBe(4)
  })
})
