import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { pause } from './clock.ts'

describe('a pause', () => {
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

  it.each([
    ['back: it lasts as long as it would have', -60_000, 999, 1],
    ['forward, past its end: it is over', 60_000, 0, 0],
  ])('when the wall clock is set %s', async (_, by, before, then) => {
    const clock = new FakeClock(0)
    let over = false
    void pause(clock, 1000).then(() => {
      over = true
    })
    clock.set(by)
    expect(over).toBe(false)
    await clock.advance(before)
    expect(over).toBe(before === 0)
    await clock.advance(then)
    expect(over).toBe(true)
  })
})
