import { KubeConfig } from '@kubernetes/client-node'
import { stringify } from 'yaml'
import { samplesOf } from '../../builders/samples.ts'
import { until } from '../../cluster/until.ts'
import { bindRole, createAccount, letGetMetrics, shipRoles } from '../../harness/accounts.ts'
import { apiOf, deployment, requesting } from '../../harness/api.ts'
import { configMap } from '../../harness/apply-bench.ts'
import { createNamespace, sharedCluster } from '../../harness/cluster.ts'
import { ENDLESS } from '../../harness/job-bench.ts'
import { type OperatorOptions, startOperator, type TestOperator } from '../../harness/operator.ts'
import { ended, restart, writesTarget } from '../../harness/proxied-operator.ts'
import { type Fate, type Passing, startProxy } from '../../harness/proxy.ts'
import { ranFor } from '../../harness/requested.ts'
import { call } from '../../harness/rest.ts'
import { accountWith } from '../../harness/token.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const cluster = sharedCluster()

/** What must stand in no line of a log: of Secrets, of manifests and patches, of commands. */
const HIDDEN = {
  inSecret: 'p4ssw0rd-of-the-secret',
  inBadSecret: 'p4ssw0rd-of-a-secret-that-is-not-valid',
  inManifest: 'v4lue-of-a-manifest',
  inBadManifest: 'v4lue-of-a-manifest-that-is-not-valid',
  inPatch: 'v4lue-of-a-patch',
  inCommand: 'v4lue-of-a-variable',
} as const

export interface Night {
  /** The operator of the night, and the one that took over; both have ended. */
  readonly first: TestOperator
  readonly second: TestOperator
  readonly secrets: readonly string[]
  /** The values that each series has had, by its name and labels; of one that was not there at first also `undefined`. */
  readonly series: ReadonlyMap<string, ReadonlySet<number | undefined>>
}

/** An evening, a night and a morning with about all that can happen: to be looked at when it is over. */
export async function spendNight(): Promise<Night> {
  const api = await apiOf(cluster)
  const namespace = await createNamespace(cluster, 'telemetry')
  const token = await prepare(namespace)
  const endRight = await letGetMetrics(cluster, namespace, 'viewer')
  await api.create('deployments', namespace, requesting('web', 2, { cpu: '500m', memory: '1Gi' }))
  await api.create('deployments', namespace, deployment('again', 1))

  /** Ahead of the real time, by which the API server dates what is created. */
  const evening = (Math.floor(Date.now() / HOUR) + 2) * HOUR
  const at = (minutes: string) => `${minutes} ${new Date(evening).getUTCHours()} * * *`
  const proxy = await startProxy(cluster)
  const begin = (identity: string, start: number, flags: OperatorOptions['flags']) =>
    startOperator({
      kubeconfig: proxy.kubeconfig,
      namespaces: [namespace],
      start,
      flags: {
        ...{
          'leader-elect': 'true',
          'insecure-local': 'false',
          'shutdown-grace': '0',
          'task-metrics': 'true',
          identity,
        },
        ...{ 'max-task-workers': '1', 'task-workers-limit': '8' },
        ...flags,
      },
    })

  const series = new Map<string, Set<number | undefined>>()
  // Nobody leads before it was looked at for the first time.
  const seen = Promise.withResolvers<Fate>()
  proxy.fate = ({ url }) => (url.includes('/leases') ? seen.promise : 'pass')
  const first = await begin('first', evening - MINUTE, {})
  let isBegun = false
  const scrape = async () => {
    const answer = await call(first, '/metrics', { token })
    if (!answer.ok) throw new Error(`${answer.status}`)
    for (const [name, value] of samplesOf(await answer.text())) {
      const values = series.get(name) ?? new Set(isBegun ? [undefined] : [])
      series.set(name, values.add(value))
    }
    isBegun = true
  }
  const leads = ({ facts }: TestOperator) => facts.some(fact => fact.fact === 'Leading' && fact.leading)
  await until('it answers', async () => scrape().then(() => true))
  seen.resolve('pass')
  await until('it leads', () => leads(first))

  const create = async (name: string, spec: object, phase = 'Idle') => {
    await api.createTask(namespace, name, spec)
    await api.untilTask(namespace, name, `is ${phase}`, ({ status }) => status?.phase === phase)
  }
  const post = (name: string, request: string) =>
    call(first, `/api/tasks/${namespace}/${name}/${request}`, { method: 'POST', token })
  const isRunning = (name: string) =>
    api.untilTask(namespace, name, 'runs', ({ status }) => status?.activeRun !== undefined)
  const over = (name: string, result: string) =>
    api.untilTask(namespace, name, result, task => task.status?.lastResult === result && ended(task))

  const sleep = { wakeSchedule: at('30') }
  await create('nights', { costCenter: 'cc-1', schedule: at('0'), operation: { sleep } }, 'Scheduled')
  await create('late', { schedule: at('5-15'), startingDeadlineSeconds: 60, ...restart() }, 'Scheduled')
  await create('waits', { schedule: at('0'), dependsOn: [{ name: 'absent' }], ...restart() }, 'Scheduled')
  await create('asked', { cacheSeconds: 3600, ...restart() })
  await create('again', { retry: { attempts: 2, delaySeconds: 0 }, ...restart('again') })
  await create('forbidden', { serviceAccountName: 'nothing', ...restart() })
  await create('limited', {
    maxAffected: { objects: 1 },
    operation: { scale: { names: ['web', 'again'], replicas: 5 } },
  })
  await create('endless', { serviceAccountName: 'job', operation: { job: ENDLESS } })
  await create('brief', {
    serviceAccountName: 'job',
    operation: { job: { image: 'example.invalid/none:1', env: [{ name: 'X', value: HIDDEN.inCommand }] } },
  })
  for (const [name, document] of Object.entries(documents())) {
    await create(name, { serviceAccountName: 'apply', operation: { apply: { manifests: stringify(document) } } })
  }
  await create('patches', {
    serviceAccountName: 'patch',
    operation: {
      patch: { kind: 'Deployment', names: ['web'], patch: stringify({ metadata: { labels: { l: HIDDEN.inPatch } } }) },
    },
  })

  // Two ask for the same namespace, and the first of them takes its time.
  const held = Promise.withResolvers<Fate>()
  let isHeld = false
  proxy.fate = request => {
    if (!writesTarget(request)) return 'pass'
    isHeld = true
    return held.promise
  }
  await api.annotate(namespace, 'asked', { 'rota.dev/run': '1' })
  await until('it is writing', () => isHeld)
  await api.annotate(namespace, 'forbidden', { 'rota.dev/run': '1' })
  // A Job waits for no namespace, so for its sake there are more workers.
  await api.annotate(namespace, 'endless', { 'rota.dev/run': '0' })
  const has = (name: string, value: number) => series.get(name)?.has(value)
  await until('two work, one waits', async () => {
    await scrape()
    return has('rota_queue_depth', 1) && has('rota_requests_in_flight', 1) && has('rota_workers{state="busy"}', 2)
  })
  await api.annotate(namespace, 'endless', { 'rota.dev/cancel': '0' })
  await over('endless', 'Cancelled')
  held.resolve('pass')
  await over('asked', 'Succeeded')
  await over('forbidden', 'Failed')
  await ranFor(api, namespace, 'asked', '2')

  let refusals = 0
  const isAgain = (request: Passing) => writesTarget(request) && request.url.includes('/deployments/again')
  proxy.fate = request => (isAgain(request) && refusals++ === 0 ? { answer: 503 } : 'pass')
  await ranFor(api, namespace, 'again', '1')
  for (const name of ['limited', 'patches', 'brief', ...Object.keys(documents())]) await ranFor(api, namespace, name)
  await post('endless', 'run')
  await isRunning('endless')
  await scrape()
  await post('endless', 'cancel')
  await over('endless', 'Cancelled')

  first.clock.jumpTo(evening)
  await over('nights', 'Succeeded')
  await scrape()
  first.clock.jumpTo(evening + 20 * MINUTE)
  await over('late', 'Missed')
  await api.untilTask(namespace, 'waits', 'waits', ({ status }) => status?.phase === 'Waiting')
  first.clock.jumpTo(evening + 30 * MINUTE)
  await api.untilTask(namespace, 'nights', 'awake', task => task.status?.runCount === 2 && ended(task))
  await api.annotate(namespace, 'asked', { 'rota.dev/hold-until': '2126-01-01T00:00:00Z' })
  await api.untilTask(namespace, 'asked', 'stalls', ({ status }) => status?.phase === 'Stalled')
  await until('the stall is told', () => first.facts.some(({ fact }) => fact === 'Stalled'))
  proxy.reset()
  await until('the watch is restarted', () => first.facts.some(({ fact }) => fact === 'WatchRestarted'))
  await until('it answers again', async () => scrape().then(() => true))

  await api.annotate(namespace, 'endless', { 'rota.dev/run': 'last' })
  await isRunning('endless')
  const now = first.clock.now()
  await first.stop()
  const second = await begin('second', now, { 'log-format': 'text' })
  await until('it goes on', () => second.facts.some(({ fact }) => fact === 'Resumed'))
  await api.annotate(namespace, 'endless', { 'rota.dev/cancel': 'last' })
  await api.untilTask(
    namespace,
    'endless',
    'is cancelled',
    task => task.status?.handled?.cancel === 'last' && ended(task),
  )
  await second.stop()
  await proxy.close()
  await endRight()
  return { first, second, secrets: [token, ownToken(), ...Object.values(HIDDEN).flatMap(spelt)], series }
}

/** Accounts of the tasks, and a token of somebody who asks for runs. */
async function prepare(namespace: string): Promise<string> {
  await shipRoles(cluster)
  for (const operation of ['job', 'apply', 'patch'] as const) {
    await createAccount(cluster, namespace, operation)
    await bindRole(cluster, namespace, operation, namespace)
  }
  await cluster.kubectl([
    ...['create', 'role', 'secrets', '--verb=get,create,patch', '--resource=secrets', '-n', namespace],
  ])
  const subject = `--serviceaccount=${namespace}:apply`
  await cluster.kubectl(['create', 'rolebinding', 'secrets', '--role=secrets', subject, '-n', namespace])
  await cluster.kubectl(['create', 'serviceaccount', 'nothing', '-n', namespace])
  return accountWith(cluster, namespace, 'viewer', ['get', 'list', 'watch', 'patch'])
}

/** By the names of the tasks that apply them. */
function documents(): Readonly<Record<string, object>> {
  const metadata = { name: 'applied' }
  return {
    secret: { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: HIDDEN.inSecret } },
    'bad-secret': { apiVersion: 'v1', kind: 'Secret', metadata, data: { password: HIDDEN.inBadSecret } },
    manifest: configMap('applied', { value: HIDDEN.inManifest }),
    'bad-manifest': { ...configMap('applied'), dta: { value: HIDDEN.inBadManifest } },
  }
}

/** As it is, and as Secrets have it. */
function spelt(value: string): readonly string[] {
  return [value, Buffer.from(value).toString('base64')]
}

function ownToken(): string {
  const config = new KubeConfig()
  config.loadFromFile(cluster.kubeconfig)
  return config.getCurrentUser()?.token ?? ''
}
