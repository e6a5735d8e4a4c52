import { describe, expect, test } from 'vitest'
import { isSlot, minuteOracle, type Policy } from './minute-oracle.ts'

const HOUR = 3600_000
const EXPRESSIONS = ['30 2 * * *', '0 2,3 * * *', '*/15 * * * *', '0 0 28 3 *', '59 1 L * SUN']
const POLICIES: readonly Policy[] = (['RunAfter', 'Skip'] as const).flatMap(skippedTime =>
  (['First', 'Last', 'Both'] as const).map(repeatedTime => ({ skippedTime, repeatedTime })),
)

describe('one look at the wall', () => {
  test.each([
    ['Europe/Berlin', '2027-03-28T01:00Z'],
    ['Europe/Berlin', '2027-10-31T01:00Z'],
    ['Australia/Lord_Howe', '2027-04-03T15:00Z'],
    ['Africa/Cairo', '2027-04-29T22:00Z'],
  ])('agrees with who counts all minutes: in %s around %s', (zone, change) => {
    const [from, until] = [Date.parse(change) - 4 * HOUR, Date.parse(change) + 4 * HOUR]
    const oracle = minuteOracle(zone, from, until)
    for (const expression of EXPRESSIONS) {
      for (const policy of POLICIES) {
        const seen: number[] = []
        for (let at = from; at < until; at += 60_000) if (isSlot(expression, zone, at, policy)) seen.push(at)
        expect(seen, `${expression} ${JSON.stringify(policy)}`).toEqual(oracle.slots(expression, policy))
      }
    }
  })
})
