import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { bindRole, createAccount, shipRoles, type } from '../harness/accounts.ts'
import { type Api, deployment, type Workload } from '../harness/api.ts'
import { readAuditLog } from '../harness/audit.ts'
import {
  apply,
  createNamespace,
  get,
  type NamespaceOptions,
  sharedCluster,
  usesExistingCluster,
} from '../harness/cluster.ts'
import { nextSecond } from '../harness/next-second.ts'
import { bench, ended } from '../harness/proxied-operator.ts'
import type { Passing } from '../harness/proxy.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const cluster = sharedCluster()

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('deleteNamespace', () => {
  const { behind, start, gate, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
    await shipRoles(cluster)
  })

  /** A namespace for tasks, with an account that may delete namespaces, unless told. */
  async function home(prefix: string, mayDelete = true): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    await createAccount(cluster, namespace, 'deleteNamespace')
    if (mayDelete) await bindRole(cluster, namespace, 'deleteNamespace')
    return namespace
  }
  /** A namespace that was made before any slot to come. */
  async function preview(prefix: string, options: NamespaceOptions = {}): Promise<string> {
    const namespace = await createNamespace(cluster, prefix, options)
    await nextSecond()
    return namespace
  }
  const createTask = (namespace: string, confirm: readonly string[], spec: object = {}, more: object = {}) =>
    api.createTask(namespace, 'task', {
      serviceAccountName: 'deletenamespace',
      target: { namespaces: confirm },
      operation: { deleteNamespace: { confirm, ...more } },
      ...spec,
    })
  const request = (namespace: string, token: string) => api.annotate(namespace, 'task', { 'rota.dev/run': token })
  const hasEnded = (namespace: string, token: string) =>
    api.untilTask(
      namespace,
      'task',
      `ended ${token}`,
      task => task.status?.handled?.run === token && ended(task),
      40_000,
    )
  async function ran(namespace: string, token = '1') {
    await request(namespace, token)
    const { status } = await hasEnded(namespace, token)
    if (!status) throw new Error('no status')
    return status
  }
  const exists = async (name: string) => (await cluster.tryKubectl(['get', 'namespace', name])).code === 0
  const found = (name: string) => get<Workload>(cluster, `namespace ${name}`)
  const isDying = async (name: string) => (await found(name)).metadata.deletionTimestamp !== undefined
  const label = (name: string, ...labels: readonly string[]) => cluster.kubectl(['label', 'namespace', name, ...labels])
  /** Something that keeps a namespace, and how to take that away. */
  async function hold(namespace: string): Promise<() => Promise<unknown>> {
    const metadata = { name: 'held', finalizers: ['example.com/hold'] }
    await apply(cluster, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata }], namespace)
    const patch = ['--type=merge', '-p', '{"metadata":{"finalizers":null}}']
    return () => cluster.kubectl(['patch', 'configmap', 'held', '-n', namespace, ...patch])
  }
  const deletes = ({ method, as }: Passing) => method === 'DELETE' && as !== ''

  test('a confirmed namespace is deleted as the account, and the run ends when it is gone', async () => {
    const here = await home('delete')
    const old = await preview('old')
    await api.create('deployments', old, deployment('web', 1))
    await start({ namespaces: [here] })
    await createTask(here, [old])
    expect(await ran(here)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'deleted 1 Namespace',
      history: [{ changed: 1, output: `Namespace/${old}: deleted`, namespaces: [old] }],
    })
    expect(await exists(old)).toBe(false)
    const deleted = readAuditLog(cluster.auditLog ?? '').filter(
      ({ verb, objectRef }) => verb === 'delete' && objectRef?.resource === 'namespaces' && objectRef.name === old,
    )
    expect(deleted.map(({ impersonatedUser }) => impersonatedUser?.username)).toEqual([
      `system:serviceaccount:${here}:deletenamespace`,
    ])
    expect(await ran(here, '2')).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'nothing to change; 1 already gone',
    })
  })

  test('what keeps a namespace is named while it is waited for, and when the time is over', async () => {
    const here = await home('kept')
    const old = await preview('old')
    const release = await hold(old)
    const { clock } = await start({ namespaces: [here] })
    await createTask(here, [old], { timeoutSeconds: 60, retry: { attempts: 1 } })
    await request(here, '1')
    const kept = new RegExp(`waits for the end of ${old} \\(.*configmaps.*example\\.com/hold`)
    const waiting = await until(
      'it says what it waits for',
      async () => {
        clock.jumpTo(clock.now() + 500)
        return api.task(here, 'task')
      },
      ({ status }) => kept.test(status?.lastMessage ?? '') || status?.lastResult !== undefined,
      { interval: 500 },
    )
    expect(waiting.status).toMatchObject({ phase: 'Running' })
    clock.jumpTo(clock.now() + 61_000)
    const { status } = await hasEnded(here, '1')
    expect(status).toMatchObject({ lastResult: 'TimedOut', errorCount: 1 })
    expect(status?.lastMessage).toMatch(kept)
    expect(status?.lastMessage).toMatch(/^not done within 60 s: /)
    expect(status?.history?.[0]).toMatchObject({ changed: 1, output: `Namespace/${old}: deleted` })
    await release()
    expect(await ran(here, '2')).toMatchObject({ lastMessage: 'nothing to change; 1 already gone' })
    expect(behind().seen.filter(deletes)).toHaveLength(1)
  })

  test('without more of the author it is one namespace at most', async () => {
    const here = await home('limit')
    const both = await Promise.all(['old', 'older'].map(prefix => preview(prefix)))
    await start({ namespaces: [here] })
    await createTask(here, both)
    expect(await ran(here)).toMatchObject({
      lastMessage: 'would change 2 objects, and spec.maxAffected.objects is 1 unless set: refused as a whole',
      history: [{ resultReason: 'TooManyAffected', changed: 0 }],
    })
    expect(behind().seen.filter(deletes)).toEqual([])
    await api.patch('scheduledtasks', here, 'task', { spec: { maxAffected: { objects: 2 } } })
    expect(await ran(here, '2')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'deleted 2 Namespaces' })
    expect(await Promise.all(both.map(exists))).toEqual([false, false])
  })

  test('labels choose only what may be deleted and is old enough; its own namespace never', async () => {
    const here = await home('chosen')
    const own = `${here}-list`
    await cluster.kubectl(['create', 'clusterrole', own, '--verb=list', '--resource=namespaces'])
    const subject = `--serviceaccount=${here}:deletenamespace`
    await cluster.kubectl(['create', 'clusterrolebinding', own, `--clusterrole=${own}`, subject])
    const group = `example.com/group=${randomBytes(4).toString('hex')}`
    const [gone, kept] = await Promise.all(['gone', 'kept'].map(prefix => preview(prefix)))
    if (!gone || !kept) throw new Error('two namespaces')
    await label(gone, group, 'rota.dev/deletable=true')
    await label(kept, group)
    await label(here, group, 'rota.dev/deletable=true')
    await start({ namespaces: [here] })
    const [key = '', value = ''] = group.split('=')
    await api.createTask(here, 'task', {
      serviceAccountName: 'deletenamespace',
      target: { namespaceSelector: { matchLabels: { [key]: value } } },
      operation: { deleteNamespace: {} },
    })
    const status = await ran(here)
    expect(status).toMatchObject({ lastResult: 'Failed', history: [{ resultReason: 'OwnNamespace', changed: 1 }] })
    expect(status.lastMessage).toBe(
      `namespace ${here} is the task's own: it is never deleted by it; deleted 1 Namespace; left out: ${kept} (is not labelled rota.dev/deletable=true)`,
    )
    expect(await isDying(here)).toBe(false)
    expect(await isDying(kept)).toBe(false)
    await until('the other is gone', async () => !(await exists(gone)))

    await label(here, 'rota.dev/deletable-')
    const younger = { operation: { deleteNamespace: { olderThanSeconds: 7200 } } }
    await label(kept, 'rota.dev/deletable=true')
    await api.patch('scheduledtasks', here, 'task', { spec: younger })
    const again = await ran(here, '2')
    expect(again.lastMessage).toMatch(/^nothing to do; left out: /)
    expect(again.lastMessage).toContain(`${kept} (was younger than 7200 s at the slot)`)
  })

  test('one that was made anew under the name in mid-run is not deleted', async () => {
    const here = await home('anew')
    const old = await preview('old')
    const { uid } = (await found(old)).metadata
    await start({ namespaces: [here] })
    const held = gate(deletes)
    await createTask(here, [old])
    await request(here, '1')
    await until('it is about to delete', () => held.waiting.length === 1)
    await cluster.kubectl(['delete', 'namespace', old, '--timeout=50s'])
    await cluster.kubectl(['create', 'namespace', old])
    held.open()
    const { status } = await hasEnded(here, '1')
    expect(status).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: `nothing to do; left out: ${old} (was created after the slot)`,
      history: [{ changed: 0 }],
    })
    expect((await found(old)).metadata.uid).not.toBe(uid)
    expect(await isDying(old)).toBe(false)
  })

  test('what is protected, and what the account may not delete, stays; the message has the line that allows it', async () => {
    const here = await home('refused', false)
    const taboo = await preview('taboo', { labels: { 'rota.dev/protected': 'true' } })
    const old = await preview('old')
    await start({ namespaces: [here] })
    await createTask(here, [taboo, old], { maxAffected: { objects: 2 } })
    const refused = await ran(here)
    const own = `${here}-deletenamespace-deleteNamespace-${old}`
    const line =
      `kubectl create clusterrole ${own} --verb=get,delete --resource=namespaces --resource-name=${old} && ` +
      `kubectl create clusterrolebinding ${own} --clusterrole=${own} --serviceaccount=${here}:deletenamespace`
    expect(refused).toMatchObject({ lastResult: 'Failed', history: [{ changed: 0, attempts: 1 }] })
    expect(refused.lastMessage).toBe(
      `namespace ${taboo} is refused as a target: it carries the label rota.dev/protected=true; ` +
        `ServiceAccount ${here}/deletenamespace may not get Namespace ${old}; to allow it: ${line}`,
    )
    await type(cluster, line)
    const again = await ran(here, '2')
    expect(again).toMatchObject({
      lastResult: 'Failed',
      history: [{ resultReason: 'ProtectedNamespace', changed: 1 }, {}],
    })
    expect(await isDying(taboo)).toBe(false)
    await until('the other is gone', async () => !(await exists(old)))
  })

  test('what the cluster itself does not give away is refused at admission, and that is final', async () => {
    const here = await home('system')
    await start({ namespaces: [here] })
    await createTask(here, ['default'])
    expect(await ran(here)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: expect.stringContaining('this namespace may not be deleted'),
      history: [{ attempts: 1, changed: 0 }],
    })
    await expect(createTask(here, ['kube-public'])).rejects.toThrow('namespaces that begin with kube-')
    expect(await isDying('default')).toBe(false)
  })

  test('a dry run deletes nothing, and says what it would wait for', async () => {
    const here = await home('dry')
    const old = await preview('old')
    await start({ namespaces: [here] })
    await createTask(here, [old], { dryRun: true })
    expect((await ran(here)).lastMessage).toBe(
      `dry run, nothing was changed: would have deleted 1 Namespace; then: waits for the end of ${old}`,
    )
    expect(await isDying(old)).toBe(false)
  })

  test('an answer that is lost: it is deleted once, and waited for', async () => {
    const here = await home('lost')
    const old = await preview('old')
    const release = await hold(old)
    const { clock } = await start({ namespaces: [here] })
    let lost = 0
    behind().fate = request => (deletes(request) && lost++ === 0 ? 'lose' : 'pass')
    await createTask(here, [old], { retry: { attempts: 2, delaySeconds: 60 } })
    await request(here, '1')
    await api.untilTask(here, 'task', 'pauses', ({ status }) => status?.activeRun?.attempt === 2)
    await release()
    const { status } = await inHaste(clock, () => hasEnded(here, '1'))
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
    expect(behind().seen.filter(deletes)).toHaveLength(1)
    expect(await exists(old)).toBe(false)
  })

  test('an operator that ends while it waits: the next one waits on, and deletes nothing twice', async () => {
    const here = await home('resumed')
    const old = await preview('old')
    const release = await hold(old)
    const first = await start({ namespaces: [here], flags: { 'shutdown-grace': '1' } })
    await createTask(here, [old])
    await request(here, '1')
    await until('it is being deleted', () => isDying(old))
    await first.stop()
    await start({ namespaces: [here] })
    await api.untilTask(here, 'task', 'is resumed', ({ status }) => status?.activeRun?.resumed === 1)
    await release()
    const { status } = await hasEnded(here, '1')
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1 })
    expect(behind().seen.filter(deletes)).toEqual([])
    expect(await exists(old)).toBe(false)
  })

  test('a cancel ends the wait; what is being deleted goes on', async () => {
    const here = await home('cancel')
    const old = await preview('old')
    const release = await hold(old)
    await start({ namespaces: [here] })
    await createTask(here, [old])
    await request(here, '1')
    await until('it is being deleted', () => isDying(old))
    await api.annotate(here, 'task', { 'rota.dev/cancel': '2' })
    const { status } = await hasEnded(here, '1')
    expect(status).toMatchObject({
      lastResult: 'Cancelled',
      lastMessage: 'cancelled: requested by 2; changed 1 object before it ended',
    })
    await release()
    await until('it is gone', async () => !(await exists(old)))
  })

  test('tasks of the namespace that hold something asleep do not keep it', async () => {
    const here = await home('sleepers')
    const old = await preview('old')
    await api.create('deployments', old, deployment('web', 1))
    await start({ namespaces: [here, old] })
    await api.createTask(old, 'nights-off', { operation: { sleep: {} } })
    await api.annotate(old, 'nights-off', { 'rota.dev/run': '1' })
    await api.untilTask(
      old,
      'nights-off',
      'sleeps',
      ({ status }) => status?.sleeping !== undefined && !status.activeRun,
    )
    await createTask(here, [old])
    expect(await ran(here)).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'deleted 1 Namespace' })
    expect(await exists(old)).toBe(false)
  })
})
