import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { createAccount, shipRoles, type } from '../harness/accounts.ts'
import { type Api, deployment, type Workload } from '../harness/api.ts'
import { readAuditLog } from '../harness/audit.ts'
import { apply, createNamespace, get, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { bench, ended, writesTarget } from '../harness/proxied-operator.ts'
import type { Passing } from '../harness/proxy.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const cluster = sharedCluster()

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('createNamespace', () => {
  const { behind, start, gate, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
    await shipRoles(cluster)
  })

  /** A namespace for tasks, with an account that may set up namespaces, unless told, and put ordinary things into them. */
  async function home(prefix: string, ...roles: readonly ('createNamespace' | 'apply')[]): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    await createAccount(cluster, namespace, 'createNamespace')
    for (const role of roles) {
      const name = `${namespace}-${role}`
      const subject = `--serviceaccount=${namespace}:createnamespace`
      await cluster.kubectl(['create', 'clusterrolebinding', name, `--clusterrole=rota:${role}`, subject])
    }
    return namespace
  }
  const fresh = (prefix: string) => `${prefix}-${randomBytes(4).toString('hex')}`
  const createTask = (
    namespace: string,
    targets: readonly string[],
    createNamespace: object,
    spec: object = {},
    name = 'task',
  ) =>
    api.createTask(namespace, name, {
      serviceAccountName: 'createnamespace',
      target: { namespaces: targets },
      operation: { createNamespace },
      ...spec,
    })
  const request = (namespace: string, token: string, name = 'task') =>
    api.annotate(namespace, name, { 'rota.dev/run': token })
  async function ran(namespace: string, token = '1', name = 'task') {
    await request(namespace, token, name)
    const { status } = await api.untilTask(
      namespace,
      name,
      `ended ${token}`,
      task => task.status?.handled?.run === token && ended(task),
    )
    if (!status) throw new Error('no status')
    return status
  }
  const found = (name: string) => get<Workload>(cluster, `namespace ${name} --show-managed-fields`)
  const exists = async (name: string) => (await cluster.tryKubectl(['get', 'namespace', name])).code === 0
  const manifests = (...objects: readonly object[]) => objects.map(object => JSON.stringify(object)).join('\n---\n')
  const configMap = (name: string, metadata: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...metadata },
  })
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'compute' },
    spec: { hard: { pods: '50' } },
  }
  /** What really changes something. */
  const applies = (request: Passing) => writesTarget(request) && !request.url.includes('dryRun=All')

  test('the namespace is made with its labels, then what is to be in it; once more, nothing is changed', async () => {
    const here = await home('create', 'createNamespace', 'apply')
    const preview = fresh('preview')
    await start({ namespaces: [here] })
    const task = await createTask(here, [preview], {
      labels: { team: 'a' },
      annotations: { owner: 'team-a@example.com' },
      manifests: manifests(quota, configMap('settings'), { ...deployment('web', 1) }),
    })
    const status = await ran(here)
    expect(status).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'set up 1 ConfigMap, 1 Deployment, 1 Namespace and 1 ResourceQuota',
      history: [{ changed: 4, namespaces: [preview] }],
    })
    expect(status.history?.[0]?.output?.split('\n')[0]).toBe(`Namespace/${preview}: created`)
    const { metadata } = await found(preview)
    expect(metadata.labels).toMatchObject({ team: 'a' })
    expect(metadata.annotations).toMatchObject({
      owner: 'team-a@example.com',
      'rota.dev/last-run': status.history?.[0]?.id,
    })
    expect(metadata.managedFields?.map(({ manager }) => manager)).toContain(`rota-${task.metadata.uid.slice(0, 8)}`)
    await cluster.kubectl(['rollout', 'status', 'deployment/web', '-n', preview, '--timeout=30s'])

    const versions = async () => [
      (await found(preview)).metadata.resourceVersion,
      (await api.get('configmaps', preview, 'settings')).metadata.resourceVersion,
    ]
    const before = await versions()
    expect(await ran(here, '2')).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'nothing to change; 4 already so',
      history: [{ changed: 0 }, {}],
    })
    expect(await versions()).toEqual(before)

    const writes = () =>
      readAuditLog(cluster.auditLog ?? '').filter(
        ({ verb, objectRef, user, requestURI }) =>
          verb === 'patch' &&
          user.username !== 'system:kube-scheduler' &&
          requestURI.includes(preview) &&
          !requestURI.includes('dryRun') &&
          objectRef?.subresource === undefined,
      )
    const seen = await until('the audit log has them', writes, events => events.length >= 4)
    expect(new Set(seen.map(({ impersonatedUser }) => impersonatedUser?.username))).toEqual(
      new Set([`system:serviceaccount:${here}:createnamespace`]),
    )
  })

  test('one that exists gets what it lacks; what somebody else has set stays, and is named', async () => {
    const here = await home('adopt', 'createNamespace')
    const other = await createNamespace(cluster, 'existing', { labels: { stage: 'test' } })
    await start({ namespaces: [here] })
    await createTask(here, [other], { labels: { team: 'a' } })
    expect((await ran(here)).history?.[0]?.output).toBe(`Namespace/${other}: changed (metadata.labels.team)`)
    expect((await found(other)).metadata.labels).toMatchObject({ team: 'a', stage: 'test' })

    await createTask(here, [other], { labels: { stage: 'prod', cost: 'x' } }, {}, 'greedy')
    const refused = await ran(here, '1', 'greedy')
    expect(refused).toMatchObject({ lastResult: 'Failed', history: [{ changed: 0, attempts: 1 }] })
    expect(refused.lastMessage).toBe(
      `Namespace ${other}: kubectl-client-side-apply manages metadata.labels.stage: leave that out of the manifest`,
    )
    expect((await found(other)).metadata.labels).toMatchObject({ stage: 'test' })
    expect((await found(other)).metadata.labels).not.toHaveProperty('cost')
  })

  test('two tasks can care for one namespace: the mark of the one is no conflict for the other', async () => {
    const here = await home('both', 'createNamespace')
    const preview = fresh('shared')
    await start({ namespaces: [here] })
    await createTask(here, [preview], { labels: { team: 'a' } }, {}, 'one')
    await createTask(here, [preview], { labels: { stage: 'test' } }, {}, 'two')
    expect(await ran(here, '1', 'one')).toMatchObject({ lastResult: 'Succeeded' })
    expect(await ran(here, '1', 'two')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'set up 1 Namespace' })
    expect((await found(preview)).metadata.labels).toMatchObject({ team: 'a', stage: 'test' })
    expect(await ran(here, '2', 'one')).toMatchObject({ lastMessage: 'nothing to change; 1 already so' })
  })

  test('an account without the right is told what grants it, for this namespace only', async () => {
    const here = await home('refused')
    const preview = fresh('preview')
    await start({ namespaces: [here] })
    await createTask(here, [preview], {})
    const refused = await ran(here)
    const own = `${here}-createnamespace-createNamespace-${preview}`
    const line =
      `kubectl create clusterrole ${own} --verb=get,create,patch --resource=namespaces --resource-name=${preview} && ` +
      `kubectl create clusterrolebinding ${own} --clusterrole=${own} --serviceaccount=${here}:createnamespace`
    expect(refused).toMatchObject({
      lastResult: 'Failed',
      lastMessage: `ServiceAccount ${here}/createnamespace may not get Namespace ${preview}; to allow it: ${line}`,
      history: [{ resultReason: 'Forbidden', attempts: 1, changed: 0 }],
    })
    await type(cluster, line)
    expect(await ran(here, '2')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'set up 1 Namespace' })
  })

  test('what the account may not put into it is refused, and the line in the message allows it', async () => {
    const here = await home('partly', 'createNamespace')
    const preview = fresh('preview')
    await start({ namespaces: [here] })
    await createTask(here, [preview], { manifests: manifests(configMap('settings')) })
    const refused = await ran(here)
    expect(refused).toMatchObject({ lastResult: 'Failed', history: [{ resultReason: 'Forbidden', changed: 1 }] })
    const own = `${here}-createnamespace-createNamespace-configmaps`
    const line =
      `kubectl create role ${own} -n ${preview} --verb=get,create,patch --resource=configmaps && ` +
      `kubectl create rolebinding ${own} -n ${preview} --role=${own} --serviceaccount=${here}:createnamespace`
    expect(refused.lastMessage).toBe(
      `ServiceAccount ${here}/createnamespace may not patch configmaps in namespace ${preview}; to allow it: ${line}; set up 1 Namespace`,
    )
    expect(refused.history?.[0]?.output).toBe(
      `not done: ConfigMap/settings: created (Forbidden)\nNamespace/${preview}: created`,
    )
    await type(cluster, line)
    expect((await ran(here, '2')).lastMessage).toBe('set up 1 ConfigMap; 1 already so')
  })

  test('a namespace that is protected, or being deleted, is not taken; the others are set up', async () => {
    const here = await home('protected', 'createNamespace')
    const taboo = await createNamespace(cluster, 'taboo', { labels: { 'rota.dev/protected': 'true' } })
    const dying = await createNamespace(cluster, 'dying')
    const held = { ...configMap('held', { finalizers: ['example.com/hold'] }) }
    await apply(cluster, [held], dying)
    await cluster.kubectl(['delete', 'namespace', dying, '--wait=false'])
    const preview = fresh('preview')
    await start({ namespaces: [here] })
    await createTask(here, [taboo, dying, preview], { labels: { team: 'a' } })
    const status = await ran(here)
    await cluster.kubectl([
      'patch',
      'configmap',
      'held',
      '-n',
      dying,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ])
    expect(status).toMatchObject({ lastResult: 'Failed', history: [{ changed: 1, attempts: 1 }] })
    expect(status.history?.[0]?.error).toBe(
      `namespace ${taboo} is refused as a target: it carries the label rota.dev/protected=true; namespace ${dying} is being deleted`,
    )
    expect((await found(taboo)).metadata.labels).not.toHaveProperty('team')
    expect((await found(preview)).metadata.labels).toMatchObject({ team: 'a' })
  })

  test.each([
    [
      'into a namespace that is no target',
      configMap('x', { namespace: 'default' }),
      /namespace default is no target of this task/,
    ],
    [
      'that are not in a namespace',
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'mine' }, rules: [] },
      /ClusterRole\/mine: is not in a namespace/,
    ],
  ])('manifests %s lead nowhere: nothing is created', async (_, object, message) => {
    const here = await home('reach', 'createNamespace', 'apply')
    const preview = fresh('preview')
    await start({ namespaces: [here] })
    await createTask(here, [preview], { manifests: manifests(object) })
    await request(here, '1')
    const { status } = await api.untilTask(
      here,
      'task',
      'is refused',
      task => task.status?.phase === 'Stalled' || ended(task),
    )
    expect(status?.lastMessage ?? status?.conditions?.[0]?.message).toMatch(message)
    expect(await exists(preview)).toBe(false)
    expect(behind().seen.filter(writesTarget).filter(applies)).toEqual([])
  })

  test('limits count what is to be in a namespace before it is made', async () => {
    const here = await home('limits', 'createNamespace', 'apply')
    const preview = fresh('preview')
    await start({ namespaces: [here] })
    const spec = { maxAffected: { objects: 2 } }
    await createTask(here, [preview], { manifests: manifests(quota, configMap('settings')) }, spec)
    expect(await ran(here)).toMatchObject({
      lastMessage: 'would change 3 objects, and spec.maxAffected.objects is 2: refused as a whole',
      history: [{ resultReason: 'TooManyAffected', changed: 0 }],
    })
    expect(await exists(preview)).toBe(false)
  })

  test('a dry run makes nothing, and says what it would', async () => {
    const here = await home('dry', 'createNamespace', 'apply')
    const preview = fresh('preview')
    const there = await createNamespace(cluster, 'there')
    await start({ namespaces: [here] })
    const what = { labels: { team: 'a' }, manifests: manifests(configMap('settings')) }
    await createTask(here, [preview, there], what, { dryRun: true })
    const status = await ran(here)
    expect(status).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'dry run, nothing was changed: would have set up 2 ConfigMaps and 2 Namespaces',
    })
    expect(await exists(preview)).toBe(false)
    expect((await found(there)).metadata.labels).not.toHaveProperty('team')
    expect(behind().seen.filter(applies)).toEqual([])
  })

  test('an answer that is lost: nothing is done twice, and what others changed meanwhile stays', async () => {
    const here = await home('lost', 'createNamespace', 'apply')
    const preview = fresh('preview')
    const { clock } = await start({ namespaces: [here] })
    let lost = 0
    behind().fate = request => (applies(request) && lost++ === 0 ? 'lose' : 'pass')
    const what = { labels: { team: 'a' }, manifests: manifests(configMap('settings')) }
    await createTask(here, [preview], what, { retry: { attempts: 2, delaySeconds: 60 } })
    await request(here, '1')
    await api.untilTask(here, 'task', 'pauses', ({ status }) => status?.activeRun?.attempt === 2)
    await cluster.kubectl(['label', 'namespace', preview, 'team=b', '--overwrite'])
    const { status } = await inHaste(clock, () => api.untilTask(here, 'task', 'ran', ended))
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
    expect(status?.lastMessage).toBe('set up 1 ConfigMap and 1 Namespace')
    expect(status?.history?.[0]).toMatchObject({ attempts: 2, changed: 2 })
    expect((await found(preview)).metadata.labels).toMatchObject({ team: 'b' })
  })

  test('an operator that ends in mid-run: the next one does the rest', async () => {
    const here = await home('resumed', 'createNamespace', 'apply')
    const preview = fresh('preview')
    const first = await start({ namespaces: [here], flags: { 'shutdown-grace': '1' } })
    const held = gate(request => applies(request) && request.url.includes('/configmaps/'))
    await createTask(here, [preview], { manifests: manifests(configMap('settings')) })
    await request(here, '1')
    await until('the namespace is there, and more is under way', () => held.waiting.length === 1)
    const { uid, resourceVersion } = (await found(preview)).metadata
    await first.stop()
    await start({ namespaces: [here] })
    const { status } = await api.untilTask(here, 'task', 'ran', ended)
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1 })
    expect(status?.history?.[0]).toMatchObject({ changed: 2 })
    expect((await found(preview)).metadata).toMatchObject({ uid, resourceVersion })
    expect((await api.get('configmaps', preview, 'settings')).metadata.annotations?.['rota.dev/last-run']).toBe(
      status?.history?.[0]?.id,
    )
  })

  test('a cancel stops it between two objects', async () => {
    const here = await home('cancel', 'createNamespace', 'apply')
    const preview = fresh('preview')
    await start({ namespaces: [here] })
    const held = gate(request => applies(request) && request.url.includes('/configmaps/'))
    await createTask(here, [preview], { manifests: manifests(configMap('settings')) })
    await request(here, '1')
    await until('the namespace is there, and more is under way', () => held.waiting.length === 1)
    await api.annotate(here, 'task', { 'rota.dev/cancel': '2' })
    const { status } = await api.untilTask(here, 'task', 'cancelled', ended)
    held.open()
    expect(status).toMatchObject({
      lastResult: 'Cancelled',
      lastMessage: 'cancelled: requested by 2; changed 1 object before it ended',
      history: [{ output: `Namespace/${preview}: created` }],
    })
    expect(await exists(preview)).toBe(true)
  })
})
