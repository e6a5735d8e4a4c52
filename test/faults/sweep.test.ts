import { beforeAll, describe, expect, test } from 'vitest'
import { sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { allPlans, nameOf, type Plan, someOf } from '../sweep/plans.ts'
import { learn, playAll } from '../sweep/sweep.ts'
import { bundledOperator, type Theatre, theatreOn } from '../sweep/theatre.ts'

const PLANS = 36
/** The same ones unless told: `make sweep` plays them all. */
const SEED = Number(process.env['SWEEP_SEED'] ?? 1)

// The audit log is what is looked at.
describe.skipIf(usesExistingCluster)(`a share of the sweep (SWEEP_SEED=${SEED})`, () => {
  let theatre: Theatre
  let plans: readonly Plan[]
  beforeAll(async () => {
    theatre = await theatreOn(sharedCluster(), await bundledOperator())
    plans = someOf(allPlans(await learn(theatre)), PLANS, SEED)
  })

  test(`${PLANS} stories end well, whatever happens in them`, { timeout: 300_000 }, async () => {
    let struck = 0
    await playAll(theatre, plans, (plan, verdict) => {
      struck += verdict.struck
      expect.soft([...verdict.violations, ...verdict.wrong], nameOf(plan)).toEqual([])
    })
    // A fault that another one keeps from happening proves nothing.
    expect(struck).toBeGreaterThan(PLANS * 0.8)
  })
})
