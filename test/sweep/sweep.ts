import { type Learned, nameOf, type Plan } from './plans.ts'
import { play, type Verdict } from './play.ts'
import type { Counts } from './points.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Theatre } from './theatre.ts'

/** Stories that are played at the same time on one API server: they mostly wait. */
const SIDE_BY_SIDE = 8

/** Each story without a fault. @throws Error where that goes wrong already */
export async function learn(theatre: Theatre): Promise<Learned> {
  const learned: Record<string, Counts> = {}
  const calm = SCENARIOS.map(scenario => ({ scenario, strikes: [] }))
  await playAll(theatre, calm, (plan, { counts, violations, wrong }) => {
    if (violations.length + wrong.length > 0)
      throw new Error(`${nameOf(plan)}: ${[...violations, ...wrong].join('; ')}`)
    learned[plan.scenario.name] = counts
  })
  return learned
}

/** Plays them, some at a time. */
export async function playAll(
  theatre: Theatre,
  plans: readonly Plan[],
  played: (plan: Plan, verdict: Verdict) => void,
): Promise<void> {
  const rest = [...plans]
  const line = async () => {
    for (let plan = rest.shift(); plan; plan = rest.shift()) played(plan, await play(theatre, plan))
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, line))
}
