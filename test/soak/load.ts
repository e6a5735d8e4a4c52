import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../src/lib/text.ts'
import { dice } from '../builders/dice.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { type Api, pausedDeployment } from '../harness/api.ts'
import { apply, testAccount } from '../harness/cluster.ts'

const HOMES = 5
const WORKLOADS = 4
/** Tasks, and namespaces, that come live so long. Milliseconds. */
const TASK_LIFE = 30_000
const HOME_LIFE = 90_000

const configMap = (name: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: b}}`
const job = { template: { ttlSecondsAfterFinished: 300, template: { spec: pod() } } }

function pod(): object {
  return { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.invalid/app:1' }] }
}

/** Tasks of each kind in one namespace; some of them fail, some cannot work at all. */
function tasksIn(home: string): Readonly<Record<string, object>> {
  const sleep = { wakeSchedule: '1-59/2 * * * *' }
  return {
    nights: { schedule: '*/2 * * * *', costCenter: home, operation: { sleep } },
    restart: { schedule: '* * * * *', operation: { restart: { names: ['app-0'] } } },
    scale: { schedule: '* * * * *', operation: { scale: { names: ['app-1'], replicas: 2 } } },
    apply: { schedule: '* * * * *', operation: { apply: { manifests: configMap('applied') } } },
    patch: {
      schedule: '* * * * *',
      operation: { patch: { kind: 'ConfigMap', names: ['applied'], patch: '{"data":{"c":"d"}}' } },
    },
    cleanup: { schedule: '* * * * *', operation: { cleanup: { kinds: ['Job', 'Pod'], olderThanSeconds: 60 } } },
    job: { schedule: '*/3 * * * *', operation: { job } },
    chain: { dependsOn: [{ name: 'restart' }, { name: 'scale' }], operation: { restart: { names: ['app-2'] } } },
    queue: { schedule: '* * * * *', concurrencyPolicy: 'Queue', operation: { restart: { names: ['app-3'] } } },
    create: { operation: { createNamespace: { labels: { a: 'b' } } }, target: { namespaces: ['soak-made'] } },
    'by-label': {
      operation: { restart: { names: ['app-0'] } },
      target: { namespaceSelector: { matchLabels: { soak: 'home' } } },
    },
    nobody: { schedule: '* * * * *', serviceAccountName: 'nobody', operation: { restart: {} } },
    missing: { operation: { restart: { names: ['none'] } } },
    'no-kind': { operation: { scale: { kinds: ['Fox.example.com'], names: ['a'], replicas: 1 } } },
    stalled: { operation: { apply: { manifests: 'a: [' } } },
    dry: { dryRun: true, operation: { sleep: {} } },
  }
}

/** The namespace, with an account that may do everything in it. */
async function makeHome(cluster: ClusterAccess, api: Api, name: string): Promise<void> {
  const metadata = { name: testAccount, namespace: name }
  const subjects = [{ kind: 'ServiceAccount', name: testAccount, namespace: name }]
  const rbac = 'rbac.authorization.k8s.io'
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' }
  await apply(cluster, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { soak: 'home' } } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects },
    // Namespaces are chosen, and made, beyond its own.
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: `soak-${name}` }, roleRef, subjects },
  ])
  for (let n = 0; n < WORKLOADS; n++) await api.create('deployments', name, pausedDeployment(`app-${n}`, 1 + n))
}

export interface Load {
  /** What went wrong with the load itself, by how often: an API server that is away is no wonder. */
  readonly complaints: ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Keeps an operator busy with requests, edits, tasks and namespaces that come and go; chosen by a seed. */
export async function startLoad(cluster: ClusterAccess, api: Api, seed: number): Promise<Load> {
  const { below, of } = dice(seed)
  const homes = Array.from({ length: HOMES }, (_, n) => `soak-${n}`)
  const names = Object.keys(tasksIn(''))
  for (const home of homes) {
    await makeHome(cluster, api, home)
    for (const [name, spec] of Object.entries(tasksIn(home))) await api.createTask(home, name, spec)
  }
  const stopped = new AbortController()
  const complaints = new Map<string, number>()
  let made = 0
  const token = () => `t${Date.now()}-${below(1e6)}`

  const request = async () => {
    const asks = of(['run', 'run', 'run', 'run', 'run', 'cancel', 'wake'])
    await api.annotate(of(homes), of(names), { [`rota.dev/${asks}`]: token() })
  }
  const hold = async () => {
    const until = new Date(Date.now() + below(60_000)).toISOString()
    await api.annotate(of(homes), of(names), { 'rota.dev/hold-until': of([until, null]) })
  }
  const edit = async () => {
    const change = of<object>([
      { title: `edited ${token()}` },
      { priority: below(100) },
      { suspend: of([true, false, false]) },
      { jitterSeconds: below(20) },
      { timeZone: of(['Europe/Berlin', 'UTC', 'America/New_York', 'Asia/Kolkata']) },
    ])
    await api.patch('scheduledtasks', of(homes), of(names), { spec: change })
  }
  /** Wrong for a moment, and right again. */
  const spoil = async () => {
    const home = of(homes)
    await api.replaceSpec(home, 'apply', { operation: { apply: { manifests: of(['[', 'a: *b', 'kind: X']) } } })
    await sleep(500)
    await api.replaceSpec(home, 'apply', tasksIn(home)['apply'] ?? {})
  }
  const comeAndGo = async () => {
    const home = of(homes)
    const name = `guest-${++made}`
    const spec = of<object>([
      { schedule: 'H H * * *', costCenter: `cc-${made}`, operation: { restart: { names: ['app-0'] } } },
      { operation: { sleep: { selector: { matchLabels: { guest: name } } } }, title: name },
    ])
    await api.createTask(home, name, spec)
    await api.annotate(home, name, { 'rota.dev/run': token() })
    void sleep(TASK_LIFE, undefined, { signal: stopped.signal })
      .then(() => api.delete('scheduledtasks', home, name))
      .catch(complain)
  }
  const move = async () => {
    const home = `soak-guest-${++made}`
    await makeHome(cluster, api, home)
    await api.createTask(home, 'restart', { schedule: '* * * * *', operation: { restart: {} } })
    await api.createTask(home, 'nights', { operation: { sleep: {} } })
    await api.annotate(home, 'nights', { 'rota.dev/run': token() })
    void sleep(HOME_LIFE, undefined, { signal: stopped.signal })
      .then(() => cluster.kubectl(['delete', `namespace/${home}`, `clusterrolebinding/soak-${home}`, '--wait=false']))
      .catch(complain)
  }

  function complain(error: unknown): void {
    if (stopped.signal.aborted) return
    const what = messageOf(error).split('\n')[0]?.slice(0, 80) ?? ''
    complaints.set(what, (complaints.get(what) ?? 0) + 1)
  }
  async function every(milliseconds: number, work: () => Promise<void>): Promise<void> {
    while (!stopped.signal.aborted) {
      await work().catch(complain)
      await sleep(milliseconds, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }
  const working = [
    every(150, request),
    every(5_000, hold),
    every(1_000, edit),
    every(5_000, spoil),
    every(3_000, comeAndGo),
    every(20_000, move),
  ]
  return {
    complaints,
    async stop() {
      stopped.abort()
      await Promise.all(working)
    },
  }
}
