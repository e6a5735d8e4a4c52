import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { SCALED_OBJECTS } from '../builders/items.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { customObject, installKinds } from '../harness/custom-kinds.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'

const PAUSED = 'autoscaling.keda.sh/paused'
const PAUSED_AT = 'autoscaling.keda.sh/paused-replicas'

// On a cluster of its own: others have accounts that know nothing of KEDA.
describe.skipIf(usesExistingCluster)('KEDA', () => {
  let cluster: Cluster
  let api: Api
  let operator: TestOperator | undefined

  beforeAll(async () => {
    cluster = await startOwnCluster()
    await installCrds(cluster)
    api = await apiOf(cluster)
  })
  afterEach(async () => {
    await operator?.stop()
    operator = undefined
  })
  afterAll(() => cluster?.stop())

  const start = async (namespace: string) => {
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
  }
  /** A namespace with Deployments `web`, which the ScaledObject `queue` scales, and `api`, which nothing scales. */
  async function team(prefix: string, annotations: object = {}): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    for (const name of ['web', 'api']) await api.create('deployments', namespace, deployment(name, 3))
    const made = customObject(SCALED_OBJECTS, 'queue', { scaleTargetRef: { name: 'web' } })
    await api.create('scaledobjects', namespace, { ...made, metadata: { name: 'queue', annotations } })
    await start(namespace)
    return namespace
  }
  async function sleeps(namespace: string, name: string, sleep: object = {}): Promise<ScheduledTask> {
    await api.createTask(namespace, name, { operation: { sleep } })
    return ran(namespace, name, 'run')
  }
  async function ran(namespace: string, name: string, what: 'run' | 'wake'): Promise<ScheduledTask> {
    const { status } = await api.task(namespace, name)
    const times = (status?.runCount ?? 0) + 1
    await api.annotate(namespace, name, { [`rota.dev/${what}`]: String(times) })
    return api.untilTask(namespace, name, 'ran', task => task.status?.runCount === times && !task.status.activeRun)
  }
  const replicas = async (namespace: string) => {
    const all = await api.list('deployments', namespace)
    return Object.fromEntries(all.map(({ metadata, spec }) => [metadata.name, spec.replicas]))
  }
  /** But for what Rota notes about its runs. */
  const annotations = async (namespace: string) => {
    const { metadata } = await api.get('scaledobjects', namespace, 'queue')
    const { 'rota.dev/last-run': _, ...others } = metadata.annotations ?? {}
    return others
  }

  test('absent from the cluster: nothing is missed', async () => {
    const namespace = await createNamespace(cluster, 'absent')
    await api.create('deployments', namespace, deployment('web', 3))
    await start(namespace)
    const slept = await sleeps(namespace, 'task')
    expect(slept.status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'slept 1 Deployment' })
    const woken = await ran(namespace, 'task', 'wake')
    expect(woken.status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'woke 1 Deployment' })
  })

  describe('in the cluster', () => {
    beforeAll(() => installKinds(cluster, SCALED_OBJECTS))

    test.each([
      ['', {}],
      [', with the pause of before', { [PAUSED_AT]: '2', 'example.com/note': 'kept' }],
      [', also when told to go on', { [PAUSED]: 'false' }],
    ])('a ScaledObject is paused and its workload left to it; it wakes exactly as it was%s', async (_, before) => {
      const namespace = await team('paused', before)
      expect((await sleeps(namespace, 'task')).status).toMatchObject({
        lastMessage: 'slept 1 Deployment and 1 ScaledObject',
        sleeping: { workloads: 2 },
      })
      expect(await annotations(namespace)).toMatchObject({ ...before, [PAUSED_AT]: '0' })
      expect(await replicas(namespace)).toEqual({ web: 3, api: 0 })
      expect((await ran(namespace, 'task', 'wake')).status?.lastMessage).toBe('woke 1 Deployment and 1 ScaledObject')
      expect(await annotations(namespace)).toEqual(before)
      expect(await replicas(namespace)).toEqual({ web: 3, api: 3 })
    })

    test('a ScaledObject that people have told to stand still stays so, and its workload sleeps and wakes itself', async () => {
      const before = { [PAUSED]: 'true' }
      const namespace = await team('still', before)
      expect((await sleeps(namespace, 'task')).status?.lastMessage).toBe('slept 2 Deployments')
      expect(await annotations(namespace)).toEqual(before)
      await ran(namespace, 'task', 'wake')
      expect(await replicas(namespace)).toEqual({ web: 3, api: 3 })
      expect(await annotations(namespace)).toEqual(before)
    })

    test('what is paused otherwise in its sleep stays so, and that is said', async () => {
      const namespace = await team('edited')
      await sleeps(namespace, 'task')
      await api.patch('scaledobjects', namespace, 'queue', { metadata: { annotations: { [PAUSED_AT]: '5' } } })
      expect((await ran(namespace, 'task', 'wake')).status?.lastMessage).toBe(
        'woke 1 Deployment; left out: queue (changed to paused at 5 in its sleep: left so)',
      )
      expect(await annotations(namespace)).toEqual({ [PAUSED_AT]: '5' })
    })

    test('several tasks hold it paused; a task that is deleted lets go', async () => {
      const namespace = await team('held')
      await sleeps(namespace, 'nights')
      await sleeps(namespace, 'weekends')
      await ran(namespace, 'nights', 'wake')
      expect(await annotations(namespace)).toMatchObject({ [PAUSED_AT]: '0' })
      await api.delete('scheduledtasks', namespace, 'weekends')
      await until('the task is gone', async () => (await api.list('scheduledtasks', namespace)).length === 1)
      expect(await annotations(namespace)).toEqual({})
      expect(await replicas(namespace)).toEqual({ web: 3, api: 3 })
    })

    test('where something is to run on, KEDA decides, and that is said', async () => {
      const namespace = await team('one')
      expect((await sleeps(namespace, 'task', { replicas: 1 })).status?.lastMessage).toBe(
        'slept 1 Deployment; left out: queue (KEDA decides how many run)',
      )
      expect(await annotations(namespace)).toEqual({})
      expect(await replicas(namespace)).toEqual({ web: 3, api: 1 })
    })

    test('what is excluded is excluded with its workload', async () => {
      const namespace = await team('excluded')
      expect((await sleeps(namespace, 'task', { exclude: { names: ['web'] } })).status?.lastMessage).toBe(
        'slept 1 Deployment',
      )
      expect(await annotations(namespace)).toEqual({})
      expect(await replicas(namespace)).toEqual({ web: 3, api: 0 })
    })
  })
})
