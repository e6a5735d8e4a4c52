import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

const DAY = 24 * 3_600_000

describe('the real clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 5) })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells the time, and the time with an offset', () => {
    expect(systemClock().now()).toBe(Date.UTC(2026, 0, 5))
    expect(systemClock(() => 5000).now()).toBe(Date.UTC(2026, 0, 5) + 5000)
  })

  it('wakes once the time has come, not before, and once', async () => {
    const clock = systemClock()
    const woken: number[] = []
    clock.at(clock.now() + 90_000, () => woken.push(clock.now()))
    await vi.advanceTimersByTimeAsync(89_999)
    expect(woken).toEqual([])
    await vi.advanceTimersByTimeAsync(DAY)
    expect(woken).toEqual([Date.UTC(2026, 0, 5) + 90_000])
  })

  it('wakes at once for what is past, though never within the call', async () => {
    const clock = systemClock()
    let woken = false
    clock.at(clock.now() - DAY, () => {
      woken = true
    })
    expect(woken).toBe(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(woken).toBe(true)
  })

  it('waits for times that are further off than a timer can be set', async () => {
    const clock = systemClock()
    let woken = false
    clock.at(clock.now() + 30 * DAY, () => {
      woken = true
    })
    await vi.advanceTimersByTimeAsync(30 * DAY - 1)
    expect(woken).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(woken).toBe(true)
  })

  it.each([
    ['ahead', 3_600_000, 60_000],
    ['back, as if it were not', -3_600_000, 3_600_000],
  ])('follows a wall clock that is set %s, within a minute', async (_, by, after) => {
    let offset = 0
    const clock = systemClock(() => offset)
    const begun = clock.now()
    let at: number | undefined
    clock.at(begun + 3_600_000, () => {
      at = Date.now() - begun
    })
    await vi.advanceTimersByTimeAsync(1000)
    offset = by
    await vi.advanceTimersByTimeAsync(3 * 3_600_000)
    expect(at).toBe(after)
  })

  it('does not wake what was called off, however often it has slept by then', async () => {
    const clock = systemClock()
    let woken = false
    const cancel = clock.at(clock.now() + DAY, () => {
      woken = true
    })
    await vi.advanceTimersByTimeAsync(DAY / 2)
    cancel()
    await vi.advanceTimersByTimeAsync(DAY)
    expect([woken, vi.getTimerCount()]).toEqual([false, 0])
  })
})

it('has a monotonic time that does not care about the offset', () => {
  let offset = 0
  const clock = systemClock(() => offset)
  const before = clock.monotonic()
  offset = -DAY
  expect(clock.monotonic() - before).toBeGreaterThanOrEqual(0)
})
