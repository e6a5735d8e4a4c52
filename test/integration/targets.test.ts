import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, cronJob, daemonSet, deployment, statefulSet } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'

const cluster = sharedCluster()

describe('targets', () => {
  let api: Api
  let operator: TestOperator | undefined

  beforeAll(async () => {
    api = await apiOf(cluster)
  })
  afterEach(async () => {
    await operator?.stop()
    operator = undefined
  })

  const operate = async (...namespaces: readonly string[]) => {
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces })
    return operator
  }
  const ended = ({ status }: ScheduledTask) => status?.lastResult !== undefined && !status.activeRun
  /** Makes a task, requests a run and waits for its end. */
  async function ran(namespace: string, name: string, spec: object): Promise<ScheduledTask> {
    await api.createTask(namespace, name, spec)
    await api.annotate(namespace, name, { 'rota.dev/run': '1' })
    return api.untilTask(namespace, name, 'ended', ended)
  }
  const allow = (namespace: string, home: string) =>
    cluster.kubectl(['create', 'rolebinding', 'home', '-n', namespace, '--role=rota', `--serviceaccount=${home}:rota`])
  const stamp = 'kubectl.kubernetes.io/restartedAt'

  test('restart without names: all Deployments, StatefulSets and DaemonSets, as kubectl rollout restart does it', async () => {
    const namespace = await createNamespace(cluster, 'restart')
    await api.create('deployments', namespace, deployment('web', 1))
    await api.create('statefulsets', namespace, statefulSet('db', 1))
    await api.create('daemonsets', namespace, daemonSet('agent'))
    await api.create('cronjobs', namespace, cronJob('report'))
    await operate(namespace)
    const task = await ran(namespace, 'restart', { operation: { restart: {} } })
    expect(task.status?.lastMessage).toBe('restarted 1 DaemonSet, 1 Deployment and 1 StatefulSet')
    const kinds = ['deployments', 'statefulsets', 'daemonsets'] as const
    const objects = await Promise.all(kinds.map(async kind => (await api.list(kind, namespace))[0]))
    const slot = task.status?.history?.[0]?.slotTime
    expect(objects.map(object => object?.spec.template?.metadata?.annotations?.[stamp])).toEqual([slot, slot, slot])
    await cluster.kubectl(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=30s'])
  })

  test('scale sets what is named, reports what is as wanted, and owns nothing else', async () => {
    const namespace = await createNamespace(cluster, 'scale')
    await api.create('deployments', namespace, deployment('web', 1))
    await api.create('deployments', namespace, deployment('other', 1))
    await api.create('statefulsets', namespace, statefulSet('db', 3))
    await operate(namespace)
    const task = await ran(namespace, 'scale', { operation: { scale: { names: ['web', 'db'], replicas: 3 } } })
    expect(task.status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'scaled 1 Deployment; 1 already so' })
    const web = await api.get('deployments', namespace, 'web')
    expect(web.spec.replicas).toBe(3)
    expect((await api.get('deployments', namespace, 'other')).spec.replicas).toBe(1)
    const owned = web.metadata.managedFields?.filter(({ manager }) => manager === 'rota').at(-1)?.fieldsV1
    expect(owned).toEqual({
      'f:metadata': { 'f:annotations': { 'f:rota.dev/last-run': {} } },
      'f:spec': { 'f:replicas': {} },
    })
  })

  test('a plan that would change more than it may is refused before the first change, and tells all of it', async () => {
    const namespace = await createNamespace(cluster, 'limits')
    for (const name of ['a', 'b', 'c']) await api.create('deployments', namespace, deployment(name, 1))
    await operate(namespace)
    const refused = await ran(namespace, 'many', { operation: { restart: {} }, maxAffected: { objects: 2 } })
    expect(refused.status).toMatchObject({
      lastResult: 'Failed',
      lastMessage: 'would change 3 objects, and spec.maxAffected.objects is 2: refused as a whole',
    })
    expect(refused.status?.history?.[0]).toMatchObject({ resultReason: 'TooManyAffected', changed: 0, attempts: 1 })
    expect(refused.status?.history?.[0]?.output).toContain('not done: Deployment/a: restarted')
    const fewer = { operation: { restart: { names: ['a'] } }, maxAffected: { percent: 34 } }
    expect((await ran(namespace, 'few', fewer)).status).toMatchObject({ lastResult: 'Succeeded' })
    const { metadata } = await api.get('deployments', namespace, 'b')
    expect(metadata.annotations?.['rota.dev/last-run']).toBeUndefined()
  })

  test('a workload that another object controls is left out, and the reason is reported', async () => {
    const namespace = await createNamespace(cluster, 'owned')
    const owner = await api.create('daemonsets', namespace, daemonSet('agent'))
    const made = deployment('web', 2) as { metadata: object }
    const { uid } = owner.metadata
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid, controller: true }]
    await api.create('deployments', namespace, { ...made, metadata: { ...made.metadata, ownerReferences } })
    await operate(namespace)
    const task = await ran(namespace, 'sleep', { operation: { sleep: {} } })
    expect(task.status?.lastMessage).toBe('nothing to do; left out: web (owned by DaemonSet/agent)')
    expect((await api.get('deployments', namespace, 'web')).spec.replicas).toBe(2)
  })

  test('several namespaces: what is allowed is done, what is refused is reported with what would allow it', async () => {
    const [home, granted, denied] = await Promise.all(
      ['home', 'granted', 'denied'].map(name => createNamespace(cluster, name)),
    )
    if (!home || !granted || !denied) throw new Error('three namespaces')
    await allow(granted, home)
    for (const namespace of [granted, denied]) await api.create('deployments', namespace, deployment('web', 2))
    await operate(home)
    const spec = {
      target: { namespaces: [granted, denied] },
      operation: { scale: { kinds: ['Deployment'], names: ['web'], replicas: 0 } },
    }
    const { status } = await ran(home, 'scale', spec)
    expect(status).toMatchObject({ lastResult: 'Failed', errorCount: 1 })
    expect(status?.history?.[0]).toMatchObject({
      resultReason: 'Forbidden',
      changed: 1,
      attempts: 1,
      namespaces: [granted, denied],
    })
    expect(status?.history?.[0]?.error).toBe(
      `ServiceAccount ${home}/rota may not list deployments.apps in namespace ${denied}; to allow it: ` +
        `kubectl create rolebinding ${home}-rota-scale -n ${denied} --clusterrole=rota:scale --serviceaccount=${home}:rota`,
    )
    expect((await api.get('deployments', granted, 'web')).spec.replicas).toBe(0)
    expect((await api.get('deployments', denied, 'web')).spec.replicas).toBe(2)
  })

  test.each([
    ['a namespace that does not exist', 'rota-no-such-namespace', 'NamespaceNotFound', 'does not exist'],
    ['a protected namespace', 'protected', 'ProtectedNamespace', 'rota.dev/protected=true'],
  ])('%s as target: refused, not retried', async (_, target, reason, message) => {
    const home = await createNamespace(cluster, 'home')
    const labels = { 'rota.dev/protected': 'true' }
    const name = target === 'protected' ? await createNamespace(cluster, target, { labels }) : target
    if (name !== target) {
      await allow(name, home)
      await api.create('deployments', name, deployment('web', 2))
    }
    await operate(home)
    const { status } = await ran(home, 'task', { target: { namespaces: [name] }, operation: { sleep: {} } })
    expect(status?.history?.[0]).toMatchObject({ result: 'Failed', resultReason: reason, attempts: 1, changed: 0 })
    expect(status?.lastMessage).toContain(message)
    if (name !== target) expect((await api.get('deployments', name, 'web')).spec.replicas).toBe(2)
  })

  test('a protected namespace is no home of tasks either', async () => {
    const home = await createNamespace(cluster, 'home', { labels: { 'rota.dev/protected': 'true' } })
    await operate(home)
    const { status } = await ran(home, 'task', { operation: { restart: {} } })
    expect(status?.history?.[0]).toMatchObject({ resultReason: 'ProtectedNamespace', attempts: 1 })
  })

  test('a ServiceAccount that does not exist is refused, although its RoleBinding is still there', async () => {
    const namespace = await createNamespace(cluster, 'account')
    await api.create('deployments', namespace, deployment('web', 2))
    await cluster.kubectl(['delete', 'serviceaccount', 'rota', '-n', namespace])
    await operate(namespace)
    const { status } = await ran(namespace, 'task', { operation: { sleep: {} } })
    expect(status?.history?.[0]).toMatchObject({ resultReason: 'ServiceAccountNotFound', attempts: 1, changed: 0 })
    expect((await api.get('deployments', namespace, 'web')).spec.replicas).toBe(2)
  })

  test('what passes admission but cannot work is stalled with a message, others are unaffected, and an edit mends it', async () => {
    const namespace = await createNamespace(cluster, 'stalled')
    await api.create('deployments', namespace, deployment('web', 1))
    await operate(namespace)
    await api.createTask(namespace, 'broken', { operation: { restart: {} } })
    await api.annotate(namespace, 'broken', { 'rota.dev/hold-until': '2126-11-24T00:00:00Z' })
    const stalled = await api.untilTask(namespace, 'broken', 'stalled', ({ status }) => status?.phase === 'Stalled')
    const conditions = stalled.status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`)
    expect(conditions).toEqual(['Ready=False InvalidRequest', 'Stalled=True InvalidRequest'])
    expect(stalled.status?.conditions?.[0]?.message).toContain(
      'a hold lasts 366 days at most; suspend the task instead',
    )
    expect((await ran(namespace, 'sound', { operation: { restart: {} } })).status?.lastResult).toBe('Succeeded')
    await api.annotate(namespace, 'broken', { 'rota.dev/hold-until': null, 'rota.dev/run': '1' })
    const mended = await api.untilTask(namespace, 'broken', 'ran', ended)
    expect(mended.status).toMatchObject({ phase: 'Idle', lastResult: 'Succeeded' })
    expect(mended.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(['Ready=True'])
  })

  test('quiet when idle: nothing due, nothing changed, nothing written and nothing listed', async () => {
    const namespace = await createNamespace(cluster, 'quiet')
    const { facts } = await operate(namespace)
    await api.createTask(namespace, 'task', { schedule: '0 0 1 1 *', operation: { restart: {} } })
    await api.untilTask(namespace, 'task', 'observed', ({ status }) => status?.phase === 'Scheduled')
    const { resourceVersion } = (await api.task(namespace, 'task')).metadata
    await api.annotate(namespace, 'task', { 'example.com/note': 'of no concern' })
    const noted = await api.task(namespace, 'task')
    const before = facts.length
    // Whatever the annotation causes comes with the next event of the watch: this one.
    await api.createTask(namespace, 'marker', { operation: { restart: {} } })
    await api.untilTask(namespace, 'marker', 'observed', ({ status }) => status?.phase === 'Idle')
    expect((await api.task(namespace, 'task')).metadata.resourceVersion).toBe(noted.metadata.resourceVersion)
    expect(noted.metadata.resourceVersion).not.toBe(resourceVersion)
    const requests = facts.slice(before).filter(({ fact }) => fact === 'Requested')
    expect(requests).toHaveLength(1)
  })

  test('a task that is deleted in mid-run harms nobody', async () => {
    const namespace = await createNamespace(cluster, 'gone')
    await api.create('deployments', namespace, deployment('web', 1))
    const { facts } = await operate(namespace)
    await api.createTask(namespace, 'task', { operation: { restart: {} } })
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    await api.delete('scheduledtasks', namespace, 'task')
    await until('it is gone', async () => (await api.list('scheduledtasks', namespace)).length === 0)
    expect((await ran(namespace, 'next', { operation: { restart: {} } })).status?.lastResult).toBe('Succeeded')
    expect(facts.filter(({ fact }) => fact === 'Trouble')).toEqual([])
  })
})
