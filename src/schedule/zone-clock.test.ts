import { describe, expect, it } from 'vitest'
import { zoneClock } from './zone-clock.ts'

const HOUR = 3_600_000
/** `2026-03-29T01:00:00Z +1 +2`. */
const changes = (zone: string, year: number) =>
  zoneClock(zone)
    .changesAround(year)
    .map(({ at, before, after }) => `${new Date(at).toISOString().slice(0, 16)}Z ${before / HOUR} ${after / HOUR}`)

describe('the clocks of a zone are set', () => {
  it.each([
    ['UTC', 2026, []],
    ['Asia/Kolkata', 2026, []],
    ['Europe/Berlin', 2026, ['2026-03-29T01:00Z 1 2', '2026-10-25T01:00Z 2 1']],
    ['Australia/Lord_Howe', 2026, ['2026-04-04T15:00Z 11 10.5', '2026-10-03T15:30Z 10.5 11']],
    ['Africa/Casablanca', 2025, ['2025-02-23T02:00Z 1 0', '2025-04-06T02:00Z 0 1']],
    ['Pacific/Apia', 2011, ['2011-04-02T14:00Z -10 -11', '2011-09-24T14:00Z -11 -10', '2011-12-30T10:00Z -10 14']],
    ['America/St_Johns', 2010, ['2010-03-14T03:31Z -3.5 -2.5', '2010-11-07T02:31Z -2.5 -3.5']],
    ['Africa/Sao_Tome', 2019, ['2019-01-01T01:00Z 1 0']],
    // At the turn of a year: it belongs to both.
    ['Africa/Sao_Tome', 2018, ['2018-01-01T01:00Z 0 1', '2019-01-01T01:00Z 1 0']],
  ])('%s in %i: %j', (zone, year, expected) => {
    expect(changes(zone, year)).toEqual(expected)
  })

  it('and the offset follows, to the second', () => {
    const { offsetAt } = zoneClock('Europe/Berlin')
    const spring = Date.parse('2026-03-29T01:00:00Z')
    expect([spring - 1, spring, Date.parse('2026-12-24T00:00:00Z')].map(at => offsetAt(at) / HOUR)).toEqual([1, 2, 1])
  })

  it('and a zone that does not exist is none', () => {
    expect(() => zoneClock('Europe/Atlantis')).toThrow(RangeError)
  })
})
