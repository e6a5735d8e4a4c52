import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { at } from '../../test/builders/task.ts'
import { ServerTime } from './server-time.ts'

const NOON = at('2026-01-05T12:00:00Z')

describe("how far this clock is ahead of the API server's", () => {
  test('is not known before the first answer', () => {
    expect(new ServerTime(new FakeClock(NOON)).ahead).toBe(0)
  })

  test('does not change while both go on', async () => {
    const clock = new FakeClock(NOON)
    const server = new ServerTime(clock)
    server.heard(NOON - 2000)
    await clock.advance(60_000)
    expect(server.ahead).toBe(2000)
  })

  test('is noticed when this clock is set, before any answer', async () => {
    const clock = new FakeClock(NOON)
    const server = new ServerTime(clock)
    server.heard(NOON)
    await clock.advance(5000)
    clock.set(clock.now() + 3_600_000)
    expect(server.ahead).toBe(3_600_000)
  })
})
