import { findControlPlane } from '../cluster/binaries.ts'
import { startCluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { apiOf } from '../harness/api.ts'
import { apply, testAccount } from '../harness/cluster.ts'
import { type ChildOperator, spawnOperator } from '../harness/operator.ts'

// How long it takes until another replica claims what is due, after the leader was killed and after it was stopped: with
// the default times of leases, each replica a process of its own. `npm run failover -- 10`: so many rounds of each.

const rounds = Number(process.argv[2] ?? '10')
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`${process.argv[2]}: must be a whole number of rounds`)

const ENDS = { 'killed (kill -9)': 'kill', 'stopped (SIGTERM)': 'terminate' } as const
const NAMESPACE = 'failover'

const cluster = await startCluster({ source: await findControlPlane() })
const replicas: ChildOperator[] = []
const times = new Map<string, number[]>()
try {
  await installCrds(cluster)
  await apply(cluster, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: testAccount, namespace: NAMESPACE } },
  ])
  const api = await apiOf(cluster)
  await api.createTask(NAMESPACE, 'task', { operation: { restart: {} } })
  const start = async () => {
    const flags = { 'leader-elect': 'true' }
    replicas.push(await spawnOperator({ kubeconfig: cluster.kubeconfig, namespaces: [NAMESPACE], flags }))
  }
  const leads = ({ facts }: ChildOperator) => facts.some(fact => fact.fact === 'Leading' && fact.leading)
  await start()
  await until('the first leads', () => leads(replicas[0] as ChildOperator))
  for (const [name, end] of Object.entries(ENDS)) {
    for (let round = 1; round <= rounds; round++) {
      await start()
      const token = `${end}-${round}`
      const claimed = async () => (await api.task(NAMESPACE, 'task')).status?.handled?.run === token
      const leader = replicas.shift() as ChildOperator
      const begun = performance.now()
      const gone = leader[end]()
      await api.annotate(NAMESPACE, 'task', { 'rota.dev/run': token })
      await until('it is claimed', claimed, Boolean, { interval: 20 })
      const took = (performance.now() - begun) / 1000
      await gone
      times.set(name, [...(times.get(name) ?? []), took])
      console.log(`${name}, round ${round}: ${took.toFixed(2)} s`)
    }
  }
} finally {
  await Promise.all(replicas.map(replica => replica.kill()))
  await cluster.stop()
}

console.log(`\n${'THE LEADER WAS'.padEnd(18)}  ROUNDS  MEDIAN   WORST`)
for (const [name, all] of times) {
  const sorted = all.toSorted((a, b) => a - b)
  const median = sorted[Math.floor((sorted.length - 1) / 2)] as number
  const cells = [median, sorted.at(-1) as number].map(seconds => `${seconds.toFixed(2)} s`.padStart(7))
  console.log(`${name.padEnd(18)}  ${String(all.length).padStart(6)}  ${cells.join(' ')}`)
}
