import { describe, expect, it } from 'vitest'
import { localTime } from './local-time.ts'
import type { DaylightSaving } from './spans.ts'
import { slotsBetween, timetable } from './timetable.ts'

/** The slots after `from`, in local time. */
function next(expression: string, zone: string, from: string, n: number, policy: Partial<DaylightSaving> = {}) {
  const slots = slotsBetween(timetable({ expression, zone, ...policy }), Date.parse(from), Number.POSITIVE_INFINITY, n)
  return slots.map(at => localTime(at, zone).slice(0, zone === 'UTC' ? 16 : undefined))
}

describe('days', () => {
  it.each([
    ['0 0 * * FRI-SUN', '2026-01-02T00:00 2026-01-03T00:00 2026-01-04T00:00 2026-01-09T00:00'],
    ['0 0 * * SUN-SUN', '2026-01-04T00:00 2026-01-11T00:00'],
    ['0 0 * * 0', '2026-01-04T00:00 2026-01-11T00:00'],
    ['0 0 * * 7', '2026-01-04T00:00 2026-01-11T00:00'],
    ['0 0 * * 0-7', '2026-01-02T00:00 2026-01-03T00:00 2026-01-04T00:00 2026-01-05T00:00'],
    ['0 0 * * MON#1', '2026-01-05T00:00 2026-02-02T00:00'],
    ['0 0 * * MON#5', '2026-03-30T00:00 2026-06-29T00:00'],
    ['0 0 * * FRIL', '2026-01-30T00:00 2026-02-27T00:00'],
    ['0 0 L * *', '2026-01-31T00:00 2026-02-28T00:00 2026-03-31T00:00'],
    ['0 0 1,L * *', '2026-01-31T00:00 2026-02-01T00:00 2026-02-28T00:00'],
    ['0 0 31 * *', '2026-01-31T00:00 2026-03-31T00:00 2026-05-31T00:00'],
    ['0 0 1 */6 *', '2026-07-01T00:00 2027-01-01T00:00'],
  ])('%s', (expression, slots) => {
    const expected = slots.split(' ')
    expect(next(expression, 'UTC', '2026-01-01T12:00:00Z', expected.length)).toEqual(expected)
  })

  it.each([
    ['both restricted: either matches', '0 0 13 * FRI', '2026-01-02 2026-01-09 2026-01-13 2026-01-16'],
    ['a step restricts', '0 0 */2 * MON', '2026-01-03 2026-01-05 2026-01-07 2026-01-09 2026-01-11 2026-01-12'],
    ['a star does not', '0 0 * * MON', '2026-01-05 2026-01-12'],
    ['nor does a question mark', '0 0 ? * MON', '2026-01-05 2026-01-12'],
    ['nor one on the other side', '0 0 13 * ?', '2026-01-13 2026-02-13'],
    ['a star within a list restricts', '0 0 *,5 * MON', '2026-01-02 2026-01-03 2026-01-04'],
  ])('day of month and day of week, %s', (_, expression, days) => {
    const expected = days.split(' ').map(day => `${day}T00:00`)
    expect(next(expression, 'UTC', '2026-01-01T12:00:00Z', expected.length)).toEqual(expected)
  })

  it('29 February comes every four years, and after 2096 in eight', () => {
    const slots = next('0 0 29 2 *', 'UTC', '2088-03-01T00:00:00Z', 3)
    expect(slots).toEqual(['2092-02-29T00:00', '2096-02-29T00:00', '2104-02-29T00:00'])
    expect(
      timetable({ expression: '0 0 29 2 *', zone: 'UTC' }).lastAtOrBefore(Date.parse('2104-02-28T23:59:59Z')),
    ).toBe(Date.parse('2096-02-29T00:00:00Z'))
  })

  it.each(['59 23 31 2 *', '0 0 30 2 ?', '0 0 31 4,6,9,11 *'])('%s never comes and is refused', expression => {
    expect(() => timetable({ expression, zone: 'Europe/Berlin' })).toThrow(
      `'${expression}' names a date that never comes`,
    )
  })
})

describe('a fixed local time that does not exist comes at the first instant after the gap', () => {
  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-29T03:00:00+02:00 2026-03-30T02:30:00+02:00'],
    ['Europe/Berlin', '0,30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-29T03:00:00+02:00 2026-03-30T02:00:00+02:00'],
    ['Europe/Berlin', '*/15 2 * * *', '2026-03-28T12:00:00Z', '2026-03-29T03:00:00+02:00 2026-03-30T02:00:00+02:00'],
    ['Europe/Berlin', '0 2-3 * * *', '2026-03-28T12:00:00Z', '2026-03-29T03:00:00+02:00 2026-03-30T02:00:00+02:00'],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T00:00:00Z', '2026-10-04T02:30:00+11:00'],
    ['America/Sao_Paulo', '0 0 * * *', '2018-11-03T12:00:00Z', '2018-11-04T01:00:00-02:00 2018-11-05T00:00:00-02:00'],
    ['America/Nuuk', '30 23 * * *', '2026-03-28T12:00:00Z', '2026-03-29T00:00:00-01:00 2026-03-29T23:30:00-01:00'],
    ['America/Nuuk', '30 23 * * SAT', '2026-03-28T12:00:00Z', '2026-03-29T00:00:00-01:00 2026-04-04T23:30:00-01:00'],
    ['Pacific/Apia', '0 12 * * *', '2011-12-29T00:00:00Z', '2011-12-29T12:00:00-10:00 2011-12-31T00:00:00+14:00'],
    ['Pacific/Apia', '0 0 30,31 * *', '2011-12-29T12:00:00Z', '2011-12-31T00:00:00+14:00 2012-01-30T00:00:00+14:00'],
    ['Africa/Casablanca', '30 2 * * *', '2026-03-21T12:00:00Z', '2026-03-22T03:00:00+01:00'],
    ['Europe/Dublin', '30 1 * * *', '2026-03-28T12:00:00Z', '2026-03-29T02:00:00+01:00 2026-03-30T01:30:00+01:00'],
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00:00Z', '2026-03-08T03:00:00-04:00 2026-03-09T02:30:00-04:00'],
  ])('%s: %s', (zone, expression, from, slots) => {
    const expected = slots.split(' ')
    expect(next(expression, zone, from, expected.length)).toEqual(expected)
  })
})

describe('a fixed local time that comes twice comes the first time', () => {
  it.each([
    ['Europe/Berlin', '0 2 * * *', '2026-10-24T12:00:00Z', '2026-10-25T02:00:00+02:00 2026-10-26T02:00:00+01:00'],
    ['Europe/Berlin', '*/30 2 * * *', '2026-10-25T00:00:00Z', '2026-10-25T02:30:00+02:00 2026-10-26T02:00:00+01:00'],
    [
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2026-04-04T12:00:00Z',
      '2026-04-05T01:45:00+11:00 2026-04-06T01:45:00+10:30',
    ],
    ['America/Sao_Paulo', '30 23 * * *', '2018-02-17T12:00:00Z', '2018-02-17T23:30:00-02:00 2018-02-18T23:30:00-03:00'],
    ['Europe/Dublin', '30 1 * * *', '2026-10-24T12:00:00Z', '2026-10-25T01:30:00+01:00 2026-10-26T01:30:00+00:00'],
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00:00Z', '2026-11-01T01:30:00-04:00 2026-11-02T01:30:00-05:00'],
    ['Africa/Casablanca', '30 2 * * *', '2026-02-14T12:00:00Z', '2026-02-15T02:30:00+01:00 2026-02-16T02:30:00+00:00'],
  ])('%s: %s', (zone, expression, from, slots) => {
    const expected = slots.split(' ')
    expect(next(expression, zone, from, expected.length)).toEqual(expected)
  })
})

describe('a fixed local time that does not exist is left out on request', () => {
  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-30T02:30:00+02:00'],
    ['Europe/Berlin', '0 2-3 * * *', '2026-03-28T12:00:00Z', '2026-03-29T03:00:00+02:00 2026-03-30T02:00:00+02:00'],
    ['America/Sao_Paulo', '0 0 * * *', '2018-11-03T12:00:00Z', '2018-11-05T00:00:00-02:00'],
    ['Pacific/Apia', '0 12 * * *', '2011-12-29T23:00:00Z', '2011-12-31T12:00:00+14:00'],
  ])('%s: %s', (zone, expression, from, slots) => {
    const expected = slots.split(' ')
    expect(next(expression, zone, from, expected.length, { skippedTime: 'Skip' })).toEqual(expected)
  })

  it('but not when that leaves none', () => {
    const spring = { expression: '30 2 ? 3 SUNL', zone: 'Europe/Berlin' } as const
    expect(() => timetable({ ...spring, skippedTime: 'Skip' })).toThrow('names only times that the clocks of')
    expect(timetable(spring).nextAfter(Date.UTC(2026))).toBe(Date.parse('2026-03-29T01:00:00Z'))
  })
})

describe('a fixed local time that comes twice comes the last time, or both times, on request', () => {
  it.each([
    [
      'Last',
      'Europe/Berlin',
      '30 2 * * *',
      '2026-10-24T12:00:00Z',
      '2026-10-25T02:30:00+01:00 2026-10-26T02:30:00+01:00',
    ],
    [
      'Both',
      'Europe/Berlin',
      '30 2 * * *',
      '2026-10-24T12:00:00Z',
      '2026-10-25T02:30:00+02:00 2026-10-25T02:30:00+01:00',
    ],
    ['Last', 'Europe/Berlin', '0 3 * * *', '2026-10-24T12:00:00Z', '2026-10-25T03:00:00+01:00'],
    ['Last', 'Australia/Lord_Howe', '45 1 * * *', '2026-04-04T12:00:00Z', '2026-04-05T01:45:00+10:30'],
    [
      'Both',
      'America/Sao_Paulo',
      '30 23 * * *',
      '2018-02-17T12:00:00Z',
      '2018-02-17T23:30:00-02:00 2018-02-17T23:30:00-03:00',
    ],
  ] as const)('%s, %s: %s', (repeatedTime, zone, expression, from, slots) => {
    const expected = slots.split(' ')
    expect(next(expression, zone, from, expected.length, { repeatedTime })).toEqual(expected)
  })
})

describe('with * or / in the hour it follows real time', () => {
  it.each([
    ['an hour twice', '30 * * * *', '2026-10-24T23:45:00Z', '02:30:00+02:00 02:30:00+01:00 03:30:00+01:00'],
    ['a step twice', '30 */2 * * *', '2026-10-24T23:45:00Z', '02:30:00+02:00 02:30:00+01:00 04:30:00+01:00'],
    ['a stepped range twice', '0 2-8/2 * * *', '2026-10-24T23:45:00Z', '02:00:00+02:00 02:00:00+01:00 04:00:00+01:00'],
    ['not in the gap', '30 */2 * * *', '2026-03-28T23:15:00Z', '00:30:00+01:00 04:30:00+02:00 06:30:00+02:00'],
  ])('%s', (_, expression, from, slots) => {
    expect(next(expression, 'Europe/Berlin', from, 3).map(at => at.slice(11))).toEqual(slots.split(' '))
  })
})

describe('a timetable', () => {
  it('answers strictly after and at or before, to the millisecond', () => {
    const slot = Date.parse('2026-01-05T20:00:00Z')
    const day = 24 * 3_600_000
    for (const expression of ['0 20 * * *', '0 20-20/1 * * *']) {
      const table = timetable({ expression, zone: 'UTC' })
      expect([-1, 0, 1, 999].map(ms => table.nextAfter(slot + ms))).toEqual([slot, slot + day, slot + day, slot + day])
      expect([-1, 0, 1, 999].map(ms => table.lastAtOrBefore(slot + ms))).toEqual([slot - day, slot, slot, slot])
    }
  })

  it('is shared by all tasks with the same expression and zone', () => {
    expect(timetable({ expression: '0 20 * * *', zone: 'UTC' })).toBe(
      timetable({ expression: '0 20 * * *', zone: 'UTC' }),
    )
    expect(timetable({ expression: '0 20 * * *', zone: 'UTC' })).not.toBe(
      timetable({ expression: '0 20 * * *', zone: 'Europe/Berlin' }),
    )
  })

  it('names what is wrong with expression or zone', () => {
    expect(() => timetable({ expression: '0 25 * * *', zone: 'UTC' })).toThrow('hour (2nd field)')
    expect(() => timetable({ expression: '0 20 * * *', zone: 'Local' })).toThrow(
      "'Local' must be an IANA time zone name",
    )
  })

  it('lists slots after the first and up to the second instant, no more than asked for', () => {
    const table = timetable({ expression: '0 * * * *', zone: 'UTC' })
    const hour = (h: number) => Date.UTC(2026, 0, 5, h)
    expect(slotsBetween(table, hour(1), hour(4), 10)).toEqual([hour(2), hour(3), hour(4)])
    expect(slotsBetween(table, hour(1), hour(4), 2)).toEqual([hour(2), hour(3)])
    expect(slotsBetween(table, hour(4), hour(4), 10)).toEqual([])
  })
})
