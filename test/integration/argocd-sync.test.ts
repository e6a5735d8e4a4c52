import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { ROLLOUTS } from '../builders/items.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { until } from '../cluster/until.ts'
import { judgeOrSkip, judgeWith, SHIPPED } from '../gitops/judge.ts'
import { type Api, apiOf, cronJob, deployment, type Plural, statefulSet } from '../harness/api.ts'
import { createNamespace, sharedCluster, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { customObject, installKinds } from '../harness/custom-kinds.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { restart } from '../harness/proxied-operator.ts'
import { ranFor } from '../harness/requested.ts'

const cluster = sharedCluster()
const program = await judgeOrSkip()
const shipped = judgeWith(program, SHIPPED)

interface Manifest {
  readonly metadata: object
  readonly spec: object
}

const KINDS: readonly { plural: Plural; manifest: object }[] = [
  { plural: 'deployments', manifest: deployment('web', 2) },
  { plural: 'statefulsets', manifest: statefulSet('db', 1) },
  { plural: 'cronjobs', manifest: cronJob('report') },
  { plural: 'rollouts', manifest: customObject(ROLLOUTS, 'canary', { replicas: 3 }) },
]
/** The API server does not note who has written a scale subresource of a custom kind; so README.md has it for an Application. */
const ROLLOUT_REPLICAS = { group: 'argoproj.io', kind: 'Rollout', jsonPointers: ['/spec/replicas'] }
const SLEEP = {
  operation: { sleep: { kinds: ['Deployment', 'StatefulSet', 'CronJob', 'Rollout.argoproj.io'] } },
}

describe.skipIf(program === '')('what Argo CD takes for out of sync', () => {
  let api: Api
  let operator: TestOperator
  let bare: typeof shipped
  const folder = mkdtempSync(join(tmpdir(), 'rota-argocd-'))

  beforeAll(async () => {
    api = await apiOf(cluster)
    await installKinds(cluster, ROLLOUTS)
    const empty = join(folder, 'argocd-cm.yaml')
    writeFileSync(empty, 'kind: ConfigMap\n')
    bare = judgeWith(program, empty)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A namespace that Argo CD has synced, with a task that sleeps. */
  async function synced(prefix: string): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    const items = KINDS.map(({ manifest }) => manifest)
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
    await cluster.kubectl(['apply', '--field-manager=argocd-controller', '-n', namespace, '-f', '-'], { input })
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
    onTestFinished(operator.stop)
    await api.createTask(namespace, 'off', SLEEP)
    return namespace
  }

  const nameOf = (manifest: object) => (manifest as { metadata: { name: string } }).metadata.name

  /** What is compared for each kind: what is there, and what is in Git. */
  async function pairs(namespace: string, inGit: (manifest: Manifest) => object = manifest => manifest) {
    const compared = KINDS.map(async ({ plural, manifest }) => {
      const desired = inGit({ ...(manifest as Manifest), metadata: { name: nameOf(manifest), namespace } })
      const live = await api.get(plural, namespace, nameOf(manifest))
      return { live: { ...manifest, ...live }, desired }
    })
    return Promise.all(compared)
  }

  const asInReadme = <T extends object>(pair: T) => ({ ...pair, ignore: [ROLLOUT_REPLICAS] })
  const ALL = KINDS.map(() => true)
  const NONE = KINDS.map(() => false)

  test('workloads that sleep are, unless it has the shipped settings', async () => {
    const namespace = await synced('argocd-asleep')
    const before = await pairs(namespace)
    expect(await bare('differs', before)).toEqual(NONE)
    expect(await ranFor(api, namespace, 'off')).toMatchObject({ lastResult: 'Succeeded' })
    const asleep = await pairs(namespace)
    expect(await bare('differs', asleep)).toEqual(ALL)
    expect(await shipped('differs', asleep.map(asInReadme))).toEqual(NONE)
  })

  test('another change in Git is seen in their sleep too', async () => {
    const namespace = await synced('argocd-changed')
    await ranFor(api, namespace, 'off')
    const inGit = ({ spec, ...rest }: Manifest) => ({
      ...rest,
      metadata: { ...rest.metadata, labels: { tier: 'new' } },
      spec,
    })
    expect(await shipped('differs', await pairs(namespace, inGit))).toEqual(ALL)
  })

  test('replicas that somebody else has changed are, whatever Rota did before', async () => {
    const namespace = await synced('argocd-others')
    await ranFor(api, namespace, 'off')
    await cluster.kubectl(['scale', 'deployment/web', '--replicas=7', '-n', namespace])
    expect((await shipped('differs', await pairs(namespace)))[0]).toBe(true)
  })

  test('replicas that were changed in Git are not, as README.md warns, while the number is what Rota woke it to', async () => {
    const namespace = await synced('argocd-woken')
    await ranFor(api, namespace, 'off')
    await api.createTask(namespace, 'on', { operation: { wake: {} } })
    await ranFor(api, namespace, 'on')
    const inGit = (manifest: Manifest) => ({ ...manifest, spec: { ...manifest.spec, replicas: 5 } })
    const [web = { live: {}, desired: {} }] = await pairs(namespace, inGit)
    expect(await shipped('differs', [web])).toEqual([false])
    await cluster.kubectl(['scale', 'deployment/web', '--replicas=3', '-n', namespace])
    const [scaled = web] = await pairs(namespace, inGit)
    expect(await shipped('differs', [scaled])).toEqual([true])
  })

  test('a restart is not', async () => {
    const namespace = await synced('argocd-restarted')
    await api.createTask(namespace, 'again', restart())
    expect(await ranFor(api, namespace, 'again')).toMatchObject({ lastResult: 'Succeeded' })
    expect(await shipped('differs', await pairs(namespace))).toEqual(NONE)
  })

  test('a run is no reason to look at the whole application again, unless the health changes', async () => {
    const namespace = await synced('argocd-updates')
    const nights = { schedule: '0 0 1 1 *', operation: { sleep: { wakeSchedule: '0 7 1 1 *' } } }
    await api.createTask(namespace, 'nights', nights)
    const seen = await api.untilTask(namespace, 'nights', 'is seen', ({ status }) => status?.observedGeneration === 1)
    const from = { ...seen, metadata: { ...seen.metadata, annotations: { 'rota.dev/run': '1' } } }
    await ranFor(api, namespace, 'nights')
    const to = await api.task(namespace, 'nights')
    expect(to.metadata).toMatchObject({ finalizers: ['rota.dev/wake'] })
    expect(await bare('updated', [{ from, to }])).toEqual([true])
    expect(await shipped('updated', [{ from, to }])).toEqual([false])
    const edited = { ...to, spec: { ...to.spec, title: 'another' } }
    expect(await shipped('updated', [{ from: to, to: edited }])).toEqual([true])
  })
})

// On a cluster of its own: what is shipped is for all namespaces.
describe.skipIf(program === '' || usesExistingCluster)('Rota itself, installed by Argo CD', () => {
  const application = parse(readFileSync('deploy/argocd/rota.yaml', 'utf8'))
  let cluster: Cluster
  let pairs: readonly { readonly live: object; readonly desired: Manifest }[]

  beforeAll(async () => {
    cluster = await startOwnCluster()
    const { stdout } = await cluster.kubectl(['kustomize', application.spec.source.path])
    const objects = parseAllDocuments(stdout).map(document => document.toJS())
    const apply = ['apply', '--server-side', '--field-manager=argocd-controller', '-f', '-']
    const install = () => cluster.tryKubectl(apply, { input: stdout })
    await until('it is installed', install, ({ code }) => code === 0)
    const role = ['get', 'clusterrole', 'rota:impersonation', '-o', 'jsonpath={.rules}']
    await until('the roles are summed up', async () => (await cluster.kubectl(role)).stdout.length > 10)
    const found = objects.map(async desired => {
      const { kind, metadata } = desired
      const where = metadata.namespace === undefined ? [] : ['-n', metadata.namespace]
      const { stdout: live } = await cluster.kubectl(['get', kind, metadata.name, ...where, '-o', 'json'])
      return { live: JSON.parse(live), desired }
    })
    pairs = await Promise.all(found)
  })
  afterAll(() => cluster?.stop())

  const outOfSync = async (asked: typeof pairs) => {
    const answers = await shipped('differs', asked)
    return asked.filter((_, n) => answers[n]).map(({ desired }) => JSON.stringify(desired.metadata))
  }

  test('is in sync', async () => {
    expect(pairs.length).toBeGreaterThan(20)
    expect(await outOfSync(pairs)).toEqual([])
  })

  test('is not when something else is in Git', async () => {
    const changed = pairs.map(({ live, desired }) => ({
      live,
      desired: { ...desired, metadata: { ...desired.metadata, labels: { changed: 'yes' } } },
    }))
    expect(await outOfSync(changed)).toHaveLength(pairs.length)
  })
})
