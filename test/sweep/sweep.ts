import type { ClusterAccess } from '../cluster/access.ts'
import type { Api } from '../harness/api.ts'
import { FAULTS } from './faults.ts'
import { nameOf, type Plan, play, type Verdict } from './plan.ts'
import { SCENARIOS } from './scenarios.ts'

/** Stories that are played at the same time on one API server. */
const SIDE_BY_SIDE = 4

/** Each scenario without a fault, to learn how much it writes; then one plan for each of its writes and each fault. */
export async function learn(cluster: ClusterAccess, api: Api): Promise<readonly Plan[]> {
  const plans: Plan[] = []
  const calm = SCENARIOS.map(scenario => ({ scenario }))
  await playAll(cluster, api, calm, (plan, { writes, wrong }) => {
    if (wrong.length > 0) throw new Error(`${nameOf(plan)}: ${wrong.join('; ')}`)
    for (let write = 1; write <= writes; write++) {
      for (const fault of FAULTS) plans.push({ scenario: plan.scenario, write, fault })
    }
  })
  return plans.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)))
}

/** Plays them, some at a time. */
export async function playAll(
  cluster: ClusterAccess,
  api: Api,
  plans: readonly Plan[],
  played: (plan: Plan, verdict: Verdict) => void,
): Promise<void> {
  const rest = [...plans]
  const line = async () => {
    for (let plan = rest.shift(); plan; plan = rest.shift()) played(plan, await play(cluster, api, plan))
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, line))
}
