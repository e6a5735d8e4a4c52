import { describe, expect, it } from 'vitest'
import { reference } from '../../test/builders/cron-reference.ts'
import { dice } from '../../test/builders/dice.ts'
import { type Instant, MINUTE } from '../lib/instant.ts'
import { type Timetable, timetable } from './timetable.ts'

const HOUR = 60 * MINUTE
const MINUTES = ['0', '30', '*/15', '0,30', '15-45/10', '1', '59', '0-5', '*/20']
const HOURS = ['*', '0', '1', '2', '3', '23', '1-3', '*/2', '0,2', '2,14', '0-4', '22,23', '1-3/2', '0-23']
const DAYS = ['*', '*', '*', '*', 'L', '1', '29', '1,L', '28-31', '*/2', '?', '4-8']
const MONTHS = ['*', '*', '*', '*', '2', 'MAR-APR', '*/3', '10-12', '2,11']
const WEEKDAYS = ['*', '*', '*', '*', 'SUN', 'FRI-SUN', 'MON#1', 'SATL', '6', '7', '1-5', 'SUN-SUN', '?', 'SUN#1,SAT']

/** Days on which the clocks change, the odd ones among them, and two on which they don't. */
const PLACES = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['Europe/Dublin', '2026-03-29'],
  ['Europe/Dublin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/Sao_Paulo', '2018-02-18'],
  ['Africa/Casablanca', '2026-02-15'],
  ['Africa/Casablanca', '2026-03-22'],
  ['America/Havana', '2026-11-01'],
  ['America/Nuuk', '2026-03-29'],
  ['America/St_Johns', '2010-11-07'],
  ['Antarctica/Troll', '2026-10-25'],
  ['Pacific/Chatham', '2026-09-26'],
  ['Africa/Cairo', '2026-10-29'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Kathmandu', '2026-02-28'],
  ['UTC', '2028-02-29'],
] as const

describe.each(PLACES)('around %s %s', (zone, date) => {
  const from = Date.parse(`${date}T00:00:00Z`) - 14 * HOUR
  const until = from + 38 * HOUR
  const expected = reference(zone, from, until)
  const chance = dice(Date.parse(date))
  const cases = Array.from({ length: 14 }, () => [MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS].map(chance.of).join(' '))

  it.each(cases)('%s has the slots that counting every minute finds', expression => {
    const table = timetable({ expression, zone })
    const slots = expected.slots(expression)
    expect(walked(table, from, until)).toEqual(slots)
    for (const slot of slots.slice(0, 20)) {
      expect(table.lastAtOrBefore(slot)).toBe(slot)
      expect(table.nextAfter(slot - 1)).toBe(slot)
    }
    for (let n = 0; n < 5; n++) agree(table, slots, from + chance.below(until - from))
  })
})

describe('over half a century', () => {
  const zones = [...new Set(PLACES.map(([zone]) => zone))]

  it.each(zones)('the last and the next slot find each other in %s', zone => {
    const chance = dice(zone.length)
    for (let n = 0; n < 12; n++) {
      const table = timetable({ expression: [MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS].map(chance.of).join(' '), zone })
      for (let m = 0; m < 3; m++) agree(table, [], Date.UTC(1990) + chance.below(50 * 365 * 24 * HOUR))
    }
  })
})

/** At any instant: none is missed between the last and the next one, and both find each other. */
function agree(table: Timetable, slots: readonly Instant[], instant: Instant): void {
  const next = table.nextAfter(instant)
  const last = table.lastAtOrBefore(instant)
  if (next === undefined || last === undefined) throw new Error(`it ends at ${instant}`)
  expect(next).toBeGreaterThan(instant)
  expect(last).toBeLessThanOrEqual(instant)
  expect(table.nextAfter(last)).toBe(next)
  expect(table.lastAtOrBefore(next)).toBe(next)
  expect(table.lastAtOrBefore(next - 1)).toBe(last)
  const before = slots.findLast(slot => slot <= instant)
  if (before !== undefined) expect(last).toBe(before)
}

function walked(table: Timetable, from: Instant, until: Instant): readonly Instant[] {
  const slots: Instant[] = []
  for (let at = table.nextAfter(from - 1); at !== undefined && at < until; at = table.nextAfter(at)) slots.push(at)
  return slots
}
