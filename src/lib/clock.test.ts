import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { pause, rest } from './clock.ts'

describe.each([
  ['by the wall clock', pause],
  ['by the monotonic clock', rest],
])('a pause %s', (_, pause) => {
  it('ends when the time is over, not before', async () => {
    const clock = new FakeClock(0)
    let over = false
    const paused = pause(clock, 1000).then(() => {
      over = true
    })
    await clock.advance(999)
    expect(over).toBe(false)
    await clock.advance(1)
    await paused
    expect(over).toBe(true)
  })

  it('ends at once when it is called off, without an error', async () => {
    const clock = new FakeClock(0)
    const stop = new AbortController()
    const paused = pause(clock, 1000, stop.signal)
    stop.abort()
    await paused
    await pause(clock, 1000, stop.signal)
    expect(clock.now()).toBe(0)
  })
})

describe('when the wall clock is set back', () => {
  it('a pause by it lasts until it is that late again, a rest only as long as it is', async () => {
    const clock = new FakeClock(0)
    const over: string[] = []
    void pause(clock, 1000).then(() => over.push('pause'))
    void rest(clock, 1000).then(() => over.push('rest'))
    clock.set(-60_000)
    await clock.advance(1000)
    expect(over).toEqual(['rest'])
    await clock.advance(60_000)
    expect(over).toEqual(['rest', 'pause'])
  })
})
