import { expect, it } from 'vitest'
import { needsProcess } from './faults.ts'
import { allPlans, type Learned, nameOf, someOf } from './plans.ts'
import { SCENARIOS } from './scenarios.ts'

const learned: Learned = Object.fromEntries(
  SCENARIOS.map(({ name }) => [name, { write: 3, read: 4, lease: 0, watch: 1, event: 2 }]),
)
const plans = allPlans(learned)

it('no two plans have one name, under which a result is kept', () => {
  const names = plans.map(nameOf)
  expect(new Set(names).size).toBe(names.length)
})

it('a share is the same for the same seed, kills and stops processes, and has nothing that waits for time limits', () => {
  const share = someOf(plans, 40, 7)
  expect(share).toEqual(someOf(plans, 40, 7))
  expect(share).not.toEqual(someOf(plans, 40, 8))
  const faults = share.flatMap(({ strikes }) => strikes.map(({ fault }) => fault))
  expect(faults.filter(needsProcess).length).toBeGreaterThanOrEqual(10)
  expect(faults.filter(({ slow }) => slow)).toEqual([])
})
