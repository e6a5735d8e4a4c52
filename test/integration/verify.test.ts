import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { until } from '../cluster/until.ts'
import { shipRoles } from '../harness/accounts.ts'
import { type Api, deployment, statefulSet } from '../harness/api.ts'
import { createNamespace, get, sharedCluster } from '../harness/cluster.ts'
import { startOperator } from '../harness/operator.ts'
import { bench, ended } from '../harness/proxied-operator.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const cluster = sharedCluster()

interface Pods {
  readonly items: readonly { readonly metadata: { readonly name: string } }[]
}

describe('verify', () => {
  const { start, api: connect, behind } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
    await shipRoles(cluster)
  })

  /** With an account that has the roles of what it is to run. */
  async function team(prefix: string, ...operations: readonly string[]): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    const bindings = operations.map(operation =>
      cluster.kubectl([
        ...['create', 'rolebinding', operation, '-n', namespace],
        ...[`--clusterrole=rota:${operation}`, `--serviceaccount=${namespace}:rota`],
      ]),
    )
    await Promise.all(bindings)
    return namespace
  }
  const podsIn = async (namespace: string) => (await get<Pods>(cluster, 'pods', namespace)).items
  const untilPods = (namespace: string, count: number) =>
    until(`${count} pods in ${namespace}`, async () => (await podsIn(namespace)).length === count)
  const request = (namespace: string, name: string, token = '1') =>
    api.annotate(namespace, name, { 'rota.dev/run': token })
  const ran = (namespace: string, name: string, token = '1') =>
    api.untilTask(namespace, name, `ran ${token}`, task => task.status?.handled?.run === token && ended(task), 50_000)
  const entry = ({ status }: ScheduledTask) => status?.history?.[0]
  /** No node has this label. */
  const nowhere = (name: string, replicas: number): object => {
    const made = deployment(name, replicas) as { spec: { template: { spec: object } } }
    const spec = { ...made.spec.template.spec, nodeSelector: { 'rota.test/nowhere': 'yes' } }
    return { ...made, spec: { ...made.spec, template: { ...made.spec.template, spec } } }
  }

  test('scale: succeeds when all pods are ready', async () => {
    const namespace = await team('verify-scale', 'scale')
    await start({ namespaces: [namespace] })
    await api.create('deployments', namespace, deployment('web', 1))
    const scale = { kinds: ['Deployment'], names: ['web'], replicas: 3, verify: { timeoutSeconds: 600 } }
    await api.createTask(namespace, 'up', { operation: { scale } })
    await request(namespace, 'up')
    const task = await ran(namespace, 'up')
    expect(task.status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'scaled 1 Deployment; verified' })
    expect(await get(cluster, 'deployment web', namespace)).toMatchObject({ status: { readyReplicas: 3 } })
  })

  test('sleep: succeeds when the pods are really gone', async () => {
    const namespace = await team('verify-sleep', 'sleep')
    await start({ namespaces: [namespace] })
    await api.create('deployments', namespace, deployment('web', 2))
    await api.create('statefulsets', namespace, statefulSet('db', 1))
    await untilPods(namespace, 3)
    await api.createTask(namespace, 'off', { operation: { sleep: { verify: { timeoutSeconds: 600 } } } })
    await request(namespace, 'off')
    const task = await ran(namespace, 'off')
    const lastMessage = 'slept 1 Deployment and 1 StatefulSet; verified'
    expect(task.status).toMatchObject({ lastResult: 'Succeeded', lastMessage })
    expect(await podsIn(namespace)).toEqual([])
  })

  test('sleep: a pod that does not go is a failure that names its workload, and what sleeps is known all the same', async () => {
    const namespace = await team('verify-stuck', 'sleep')
    const { clock } = await start({ namespaces: [namespace] })
    await api.create('deployments', namespace, deployment('web', 1))
    await untilPods(namespace, 1)
    const [pod] = await podsIn(namespace)
    const finalizers = (list: readonly string[]) =>
      cluster.kubectl([
        ...['patch', 'pod', pod?.metadata.name ?? '', '-n', namespace, '--type=merge'],
        ...['-p', JSON.stringify({ metadata: { finalizers: list } })],
      ])
    await finalizers(['rota.test/stays'])
    onTestFinished(async () => void (await finalizers([])))
    await api.createTask(namespace, 'off', { operation: { sleep: { verify: { timeoutSeconds: 120 } } } })
    await request(namespace, 'off')
    await api.untilTask(namespace, 'off', 'is active', ({ status }) => status?.activeRun !== undefined)
    const task = await inHaste(clock, () => ran(namespace, 'off'))
    const error = 'not so after 120 s: Deployment/web (1 of 0 pods); slept 1 Deployment'
    expect(entry(task)).toMatchObject({ result: 'Failed', resultReason: 'NotVerified', error, attempts: 1, changed: 1 })
    expect(task.status).toMatchObject({ sleeping: { workloads: 1, namespaces: [namespace] }, errorCount: 1 })
  })

  test('restart: pods that find no node are a failure, and nothing is tried again', async () => {
    const namespace = await team('verify-nowhere', 'restart')
    const { clock } = await start({ namespaces: [namespace] })
    await api.create('deployments', namespace, nowhere('web', 2))
    await api.createTask(namespace, 'task', { operation: { restart: { verify: { timeoutSeconds: 60 } } } })
    await request(namespace, 'task')
    await api.untilTask(namespace, 'task', 'tells', ({ status }) => status?.activeRun !== undefined)
    const task = await inHaste(clock, () => ran(namespace, 'task'))
    const error = 'not so after 60 s: Deployment/web (0 of 2 ready); restarted 1 Deployment'
    expect(entry(task)).toMatchObject({ result: 'Failed', resultReason: 'NotVerified', error, attempts: 1 })
  })

  test('an operator that ends in the midst of it is followed by one that goes on, and nothing is changed twice', async () => {
    const namespace = await team('verify-resumed', 'scale')
    await api.create('deployments', namespace, nowhere('web', 1))
    const first = await startOperator({
      kubeconfig: cluster.kubeconfig,
      namespaces: [namespace],
      flags: { 'shutdown-grace': '0' },
    })
    const scale = { kinds: ['Deployment'], names: ['web'], replicas: 2, verify: { timeoutSeconds: 600 } }
    await api.createTask(namespace, 'up', { operation: { scale } })
    await request(namespace, 'up')
    await until('scaled', async () => (await api.get('deployments', namespace, 'web')).spec.replicas === 2)
    await first.stop()
    const { generation } = (await api.get('deployments', namespace, 'web')).metadata
    await start({ namespaces: [namespace] })
    await api.untilTask(namespace, 'up', 'is resumed', ({ status }) => status?.activeRun?.resumed === 1)
    const anywhere = [{ op: 'remove', path: '/spec/template/spec/nodeSelector' }]
    await cluster.kubectl([
      ...['patch', 'deployment', 'web', '-n', namespace, '--type=json', '-p', JSON.stringify(anywhere)],
    ])
    const task = await ran(namespace, 'up')
    expect(task.status).toMatchObject({
      lastResult: 'Succeeded',
      runCount: 1,
      lastMessage: 'scaled 1 Deployment; verified',
    })
    expect((await api.get('deployments', namespace, 'web')).metadata.generation).toBe(generation + 1)
  })

  test('an API server that fails while it looks is asked again', async () => {
    const namespace = await team('verify-503', 'sleep')
    await start({ namespaces: [namespace] })
    await api.create('deployments', namespace, deployment('web', 1))
    let failures = 0
    behind().fate = ({ url }) => (url.includes('/pods?') && failures++ < 2 ? { answer: 503 } : 'pass')
    await api.createTask(namespace, 'off', { operation: { sleep: { verify: { timeoutSeconds: 600 } } } })
    await request(namespace, 'off')
    expect((await ran(namespace, 'off')).status).toMatchObject({ lastMessage: 'slept 1 Deployment; verified' })
    expect(failures).toBeGreaterThan(2)
  })
})
