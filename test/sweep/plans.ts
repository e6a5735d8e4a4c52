import { dice } from '../builders/dice.ts'
import { FAULTS, type Fault, needsProcess } from './faults.ts'
import type { Counts, Point } from './points.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Scenario } from './stage.ts'

/** A fault at the n-th of its kind, from 1 on. */
export interface Strike {
  readonly point: Point
  readonly nth: number
  readonly fault: Fault
}

/** A story, and what happens in it. */
export interface Plan {
  readonly scenario: Scenario
  readonly strikes: readonly Strike[]
}

export function nameOf({ scenario, strikes }: Plan): string {
  const said = strikes.map(({ point, nth, fault }) => `${point} ${nth} / ${fault.name}`)
  return `${scenario.name} / ${said.join(' + ') || 'no fault'}`
}

/** So many of each point there are in a story, by its name, when nothing happens in it. */
export type Learned = Readonly<Record<string, Counts>>

/** Stories with two faults, for each scenario. */
const PAIRS = 150
const SEED = 1

/** Each fault at each point, and pairs of them by chance. */
export function allPlans(learned: Learned): readonly Plan[] {
  return SCENARIOS.flatMap(scenario => {
    const singles = strikesIn(learned[scenario.name] as Counts).map(strike => ({ scenario, strikes: [strike] }))
    return [...singles, ...pairs(scenario, learned[scenario.name] as Counts)]
  })
}

/** A share of them by chance, without those that take long; each fourth kills or stops its process. */
export function someOf(plans: readonly Plan[], count: number, seed: number): readonly Plan[] {
  const chance = dice(seed)
  const quick = plans.filter(({ strikes }) => !strikes.some(({ fault }) => fault.slow))
  const kills = quick.filter(({ strikes }) => strikes.some(({ fault }) => needsProcess(fault)))
  const others = quick.filter(plan => !kills.includes(plan))
  const chosen = new Set<Plan>()
  while (chosen.size < count) chosen.add(chance.of(chosen.size % 4 === 0 ? kills : others))
  return [...chosen]
}

/** What is asked again and again, however long it takes, is struck so often only. */
const MOST: Counts = { write: 30, read: 16, lease: 5, watch: 1, event: 20 }

function strikesIn(counts: Counts): readonly Strike[] {
  return (Object.keys(FAULTS) as Point[]).flatMap(point =>
    Array.from({ length: Math.min(counts[point], MOST[point]) }, (_, index) => index + 1).flatMap(nth =>
      // Time limits are the same for all.
      FAULTS[point].filter(({ slow }) => !slow || nth === 1).map(fault => ({ point, nth, fault })),
    ),
  )
}

function pairs(scenario: Scenario, counts: Counts): readonly Plan[] {
  const strikes = strikesIn(counts).filter(({ fault }) => !fault.slow)
  const chance = dice([...scenario.name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), SEED) >>> 0)
  const plans = new Map<string, Plan>()
  while (plans.size < PAIRS) {
    const [one, two] = [chance.of(strikes), chance.of(strikes)]
    if (one.point === two.point && one.nth === two.nth) continue
    const plan = { scenario, strikes: [one, two] }
    plans.set(nameOf(plan), plan)
  }
  return [...plans.values()]
}
