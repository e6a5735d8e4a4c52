import fc from 'fast-check'
import { expect, it } from 'vitest'
import { seed } from '../../test/builders/seed.ts'
import { HOUR } from '../lib/instant.ts'
import { rememberingGaps } from './gaps.ts'
import type { Timetable } from './slots.ts'

/** The slots of these instants alone, and how often it was asked. */
function listed(slots: readonly number[]): Timetable & { asked: number } {
  return {
    asked: 0,
    nextAfter(instant) {
      this.asked++
      return slots.find(slot => slot > instant)
    },
    lastAtOrBefore(instant) {
      this.asked++
      return slots.findLast(slot => slot <= instant)
    },
  }
}

it('answers as the timetable itself, whatever was asked before', () => {
  const instants = fc.integer({ min: -5, max: 105 })
  const property = fc.property(
    fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { maxLength: 30 }),
    fc.array(fc.tuple(fc.constantFrom('nextAfter' as const, 'lastAtOrBefore' as const), instants), { maxLength: 60 }),
    (some, questions) => {
      const slots = some.toSorted((a, b) => a - b)
      const remembering = rememberingGaps(listed(slots))
      for (const [ask, instant] of questions) expect(remembering[ask](instant)).toBe(listed(slots)[ask](instant))
    },
  )
  fc.assert(property, { seed: seed(), numRuns: 500 })
})

it('looks once for each of the gaps around now and the next runs, however often it is asked', () => {
  const table = listed(Array.from({ length: 50 }, (_, n) => n * HOUR))
  const remembering = rememberingGaps(table)
  const ask = () => {
    let at: number | undefined = remembering.lastAtOrBefore(10.5 * HOUR)
    for (let n = 0; n < 6 && at !== undefined; n++) at = remembering.nextAfter(at)
    return at
  }
  expect(ask()).toBe(16 * HOUR)
  const once = table.asked
  for (let n = 0; n < 100; n++) expect(ask()).toBe(16 * HOUR)
  expect(table.asked).toBe(once)
})
