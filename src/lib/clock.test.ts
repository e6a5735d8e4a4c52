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
})
