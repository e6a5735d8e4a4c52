import { styleText } from 'node:util'
import { findControlPlane } from '../cluster/binaries.ts'
import { startCluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { apiOf } from '../harness/api.ts'
import { nameOf } from './plan.ts'
import { learn, playAll } from './sweep.ts'

// Every fault at every write of every scenario, or those plans whose name contains what is asked for.

interface Tally {
  plans: number
  wrong: number
}

const wanted = process.argv[2] ?? ''
const cluster = await startCluster({ source: await findControlPlane() })
const tallies = new Map<string, Tally>()
try {
  await installCrds(cluster)
  const api = await apiOf(cluster)
  const plans = (await learn(cluster, api)).filter(plan => nameOf(plan).includes(wanted))
  let done = 0
  await playAll(cluster, api, plans, (plan, { wrong }) => {
    const tally = tallies.get(plan.scenario.name) ?? { plans: 0, wrong: 0 }
    tallies.set(plan.scenario.name, { plans: tally.plans + 1, wrong: tally.wrong + (wrong.length > 0 ? 1 : 0) })
    if (wrong.length > 0) console.log(`${styleText('red', nameOf(plan))}\n  ${wrong.join('\n  ')}`)
    if (++done % 50 === 0 || done === plans.length) console.log(`${done} of ${plans.length} plans`)
  })
} finally {
  await cluster.stop()
}

console.log(`\n${'SCENARIO'.padEnd(44)}  ${'PLANS'.padStart(6)}  WRONG`)
for (const [name, { plans, wrong }] of tallies) {
  console.log(`${name.padEnd(44)}  ${String(plans).padStart(6)}  ${wrong > 0 ? styleText('red', String(wrong)) : 0}`)
}
process.exitCode = [...tallies.values()].some(({ wrong }) => wrong > 0) ? 1 : 0
