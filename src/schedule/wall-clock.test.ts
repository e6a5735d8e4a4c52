import { describe, expect, it } from 'vitest'
import { localTime } from './local-time.ts'
import { wallClock } from './wall-clock.ts'

describe('what a clock on the wall shows', () => {
  it.each([
    ['Europe/Berlin', '2026-07-01T12:00:00', '2026-07-01T12:00:00+02:00'],
    ['Europe/Berlin', '2026-03-29T01:59:59', '2026-03-29T01:59:59+01:00'],
    ['Europe/Berlin', '2026-03-29T02:00:00', '2026-03-29T03:00:00+02:00'],
    ['Europe/Berlin', '2026-03-29T02:59:59', '2026-03-29T03:00:00+02:00'],
    ['Europe/Berlin', '2026-03-29T03:00:00', '2026-03-29T03:00:00+02:00'],
    ['Europe/Berlin', '2026-10-25T02:00:00', '2026-10-25T02:00:00+02:00'],
    ['Europe/Berlin', '2026-10-25T02:59:59', '2026-10-25T02:59:59+02:00'],
    ['Europe/Berlin', '2026-10-25T03:00:00', '2026-10-25T03:00:00+01:00'],
    ['Australia/Lord_Howe', '2026-10-04T02:15:00', '2026-10-04T02:30:00+11:00'],
    ['Antarctica/Troll', '2026-03-29T01:30:00', '2026-03-29T03:00:00+02:00'],
    ['America/Nuuk', '2026-03-28T23:30:00', '2026-03-29T00:00:00-01:00'],
    ['Pacific/Apia', '2011-12-30T12:00:00', '2011-12-31T00:00:00+14:00'],
    ['Pacific/Kiritimati', '2026-01-01T00:00:00', '2026-01-01T00:00:00+14:00'],
  ])('in %s: %s first at %s', (zone, shown, local) => {
    expect(localTime(wallClock(zone).first(Date.parse(`${shown}Z`)), zone)).toBe(local)
  })

  it('has milliseconds, too', () => {
    expect(wallClock('Europe/Berlin').at(Date.parse('2026-07-01T10:00:00.123Z'))).toBe(
      Date.parse('2026-07-01T12:00:00.123Z'),
    )
  })

  it('first shows it never later when it shows less', () => {
    const clock = wallClock('America/St_Johns')
    let before = 0
    for (let wall = Date.parse('2010-11-05T00:00:00Z'); wall < Date.parse('2010-11-09T00:00:00Z'); wall += 1_800_000) {
      const at = clock.first(wall)
      expect(at).toBeGreaterThanOrEqual(before)
      before = at
    }
  })
})
