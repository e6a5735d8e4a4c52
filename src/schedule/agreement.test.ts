import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dice } from '../../test/builders/dice.ts'
import { expressionsNear } from '../../test/builders/expressions.ts'
import { minuteOracle, oracleDays, type Policy } from '../../test/builders/minute-oracle.ts'
import { seed } from '../../test/builders/seed.ts'
import { type ZoneChange, zoneChanges } from '../../test/builders/zone-changes.ts'
import { timetable } from './timetable.ts'

const HOUR = 3_600_000
const [FROM, UNTIL] = [Date.UTC(2000), Date.UTC(2041)]
/** Each a lesson: half an hour, midnight, a whole day, backwards, twice a year more, a new standard time … */
const AWKWARD = [
  ...[
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'Pacific/Apia',
    'Europe/Dublin',
    'Africa/Casablanca',
    'America/Havana',
  ],
  ...[
    'America/Nuuk',
    'America/St_Johns',
    'Antarctica/Troll',
    'Pacific/Chatham',
    'Africa/Cairo',
    'Asia/Gaza',
    'Asia/Tehran',
  ],
  ...['America/Caracas', 'Asia/Pyongyang', 'Asia/Kathmandu', 'Asia/Amman', 'Africa/Sao_Tome', 'Europe/Istanbul'],
  ...[
    'Pacific/Fakaofo',
    'Antarctica/Casey',
    'Europe/Volgograd',
    'America/Godthab',
    'Europe/Berlin',
    'America/New_York',
  ],
]
/** All changes of all zones, which takes minutes, instead of some chosen by the seed. */
const everything = process.env['ORACLE'] === 'full'
const chosen = seed()
const chance = dice(chosen)
const POLICIES = (['RunAfter', 'Skip'] as const).flatMap(skippedTime =>
  (['First', 'Last', 'Both'] as const).map(repeatedTime => ({ skippedTime, repeatedTime })),
)

const zones = everything
  ? Intl.supportedValuesOf('timeZone')
  : [...AWKWARD, ...some(Intl.supportedValuesOf('timeZone'), 25)]
const changes = zones.flatMap(zone => {
  const all = zoneChanges(zone, FROM, UNTIL)
  return everything ? all : some(all, 6)
})

function some<T>(all: readonly T[], count: number): readonly T[] {
  return all.length <= count ? all : Array.from({ length: count }, () => chance.of(all))
}

describe(`when the clocks of a zone are set (${changes.length} times)`, { timeout: 3_600_000 }, () => {
  it('every schedule has the slots that counting every minute finds, forwards, backwards and from anywhere', () => {
    let cases = 0
    let slots = 0
    for (const [index, change] of changes.entries()) {
      const from = change.at - 30 * HOUR
      const until = change.at + 30 * HOUR
      const oracle = minuteOracle(change.zone, from, until)
      const local = new Date(change.at + change.before * 60_000).toISOString().slice(0, 19)
      const property = fc.property(
        expressionsNear(local),
        fc.constantFrom(...POLICIES),
        fc.array(fc.integer({ min: from, max: until - 1 }), { minLength: 4, maxLength: 4 }),
        (expression, policy, instants) => {
          const expected = oracle.slots(expression, policy)
          agrees(change, expression, policy, expected, [from, until], instants)
          cases++
          slots += expected.length
        },
      )
      fc.assert(property, { seed: chosen + index, numRuns: 14 })
    }
    console.log(`${cases} schedules, ${slots} slots, ${changes.length} changes of ${zones.length} zones`)
    expect(slots).toBeGreaterThan(cases)
  })
})

function agrees(
  { zone }: ZoneChange,
  expression: string,
  policy: Policy,
  expected: readonly number[],
  [from, until]: readonly [number, number],
  instants: readonly number[],
): void {
  const table = made(expression, zone, policy)
  // Refused, since it never comes any more; that it did once does not matter.
  if (!table) return
  const about = JSON.stringify({ expression, zone, ...policy })
  expect(
    walked(table.nextAfter, from - 1, at => at < until),
    about,
  ).toEqual(expected)
  expect(walked(table.lastAtOrBefore, until - 1, at => at >= from, -1).reverse(), about).toEqual(expected)
  for (const instant of instants) {
    const next = expected.find(at => at > instant)
    const last = expected.findLast(at => at <= instant)
    if (next !== undefined) expect(table.nextAfter(instant), about).toBe(next)
    else expect(table.nextAfter(instant) ?? until, about).toBeGreaterThanOrEqual(until)
    if (last !== undefined) expect(table.lastAtOrBefore(instant), about).toBe(last)
    else expect(table.lastAtOrBefore(instant) ?? from - 1, about).toBeLessThan(from)
  }
}

function made(expression: string, zone: string, policy: Policy) {
  try {
    return timetable({ expression, zone, ...policy })
  } catch (error) {
    expect(String(error)).toMatch(/never comes|names only times that the clocks/)
    return undefined
  }
}

/** From one slot to the next, or to the one before. */
function walked(
  step: (instant: number) => number | undefined,
  start: number,
  goesOn: (at: number) => boolean,
  by = 0,
): number[] {
  const slots: number[] = []
  for (let at = step(start); at !== undefined && goesOn(at); at = step(at + by)) slots.push(at)
  return slots
}

describe('over four decades', () => {
  const A_DAY = 24 * HOUR
  it.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney'])(
    'schedules of days come on the days that counting every day finds, in %s',
    zone => {
      const property = fc.property(expressionsNear('2024-02-29T12:00:00'), expression => {
        const [, , ...days] = expression.split(' ')
        const noon = `0 12 ${days.join(' ')}`
        const table = made(noon, zone, {})
        if (!table) return
        const expected = oracleDays(noon, FROM / A_DAY, UNTIL / A_DAY)
        const found = walked(table.nextAfter, FROM, at => at < UNTIL)
        const local = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })
        expect(
          found.map(at => local.format(at)),
          noon,
        ).toEqual(expected.map(day => new Date(day * A_DAY).toISOString().slice(0, 10)))
      })
      fc.assert(property, { seed: chosen, numRuns: 25 })
    },
  )
})
