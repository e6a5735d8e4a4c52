import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import { type ControlPlaneSource, findControlPlane } from '../cluster/binaries.ts'
import { startCluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { allPlans, nameOf, type Plan } from './plans.ts'
import { type Results, resultsOf } from './results.ts'
import { learn, playAll } from './sweep.ts'
import { tableOf } from './table.ts'
import { bundledOperator, type Theatre, theatreOn } from './theatre.ts'

// Every fault at every point of every story, or those plans whose name contains what is asked for. What has been played
// with the source as it is is not played again; --again does all the same.

const given = process.argv.slice(2)
const again = given.includes('--again')
const [wanted = ''] = given.filter(argument => argument !== '--again')

/** What is left of earlier stories slows the API server down. */
const PLANS_A_CLUSTER = 400

const results = resultsOf(fileURLToPath(new URL('../..', import.meta.url)))
const operatorMain = await bundledOperator()
const source = await findControlPlane()
const learned = results.learned() ?? (await onCluster(source, learn))
results.keep(learned)
const plans = allPlans(learned).filter(plan => nameOf(plan).includes(wanted))
const passed = new Set(results.all.filter(isRight).map(({ plan }) => plan))
const rest = shuffled(plans.filter(plan => again || !passed.has(nameOf(plan))))
console.log(`${plans.length} plans, ${plans.length - rest.length} of them played before`)
await playRest(rest, results)
console.log(`\n${tableOf(plans, results.all)}`)
const names = new Set(plans.map(nameOf))
process.exitCode = results.all.every(result => isRight(result) || !names.has(result.plan)) ? 0 : 1

async function playRest(all: readonly Plan[], { add }: Results): Promise<void> {
  const start = performance.now()
  let done = 0
  for (let at = 0; at < all.length; at += PLANS_A_CLUSTER) {
    await onCluster(source, theatre =>
      playAll(theatre, all.slice(at, at + PLANS_A_CLUSTER), (plan, { struck, violations, wrong }) => {
        add({ plan: nameOf(plan), struck, violations, wrong })
        if (violations.length > 0) console.log(`${styleText('red', nameOf(plan))}\n  ${violations.join('\n  ')}`)
        if (wrong.length > 0) console.log(`${styleText('yellow', nameOf(plan))}\n  ${wrong.join('\n  ')}`)
        if (++done % 50 > 0 && done < all.length) return
        const rate = (done / (performance.now() - start)) * 1000
        const left = (all.length - done) / rate / 60
        console.log(`${done} of ${all.length} plans, ${rate.toFixed(1)} a second, ${left.toFixed(0)} minutes left`)
      }),
    )
  }
}

async function onCluster<T>(from: ControlPlaneSource, act: (theatre: Theatre) => Promise<T>): Promise<T> {
  const cluster = await startCluster({ source: from })
  try {
    await installCrds(cluster)
    return await act(await theatreOn(cluster, operatorMain))
  } finally {
    await cluster.stop()
  }
}

/** The same way each time, so that the part that is played first is a fair one. */
function shuffled(all: readonly Plan[]): readonly Plan[] {
  return all.toSorted((a, b) => hash(nameOf(a)) - hash(nameOf(b)))
}

function hash(text: string): number {
  let sum = 0
  for (const letter of text) sum = Math.imul(sum ^ letter.charCodeAt(0), 0x9e3779b1) ^ (sum >>> 15)
  return sum >>> 0
}

function isRight({ violations, wrong }: { violations: readonly string[]; wrong: readonly string[] }): boolean {
  return violations.length + wrong.length === 0
}
