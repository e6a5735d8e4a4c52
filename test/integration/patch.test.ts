import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Kind } from '../../src/api/fault.ts'
import { untilServed } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { createHome, shipRoles, type } from '../harness/accounts.ts'
import { type Api, podTemplate } from '../harness/api.ts'
import { apply, createNamespace, get, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { customKind } from '../harness/custom-kinds.ts'
import { bench, writesTarget } from '../harness/proxied-operator.ts'
import type { Passing } from '../harness/proxy.ts'
import { endOf, ranFor } from '../harness/requested.ts'

const cluster = sharedCluster()
const LAST_RUN = 'rota.dev/last-run'

interface Stored {
  readonly metadata: {
    readonly resourceVersion: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: object }[]
  }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: object
}

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('patch', () => {
  const { behind, start, gate, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
    await shipRoles(cluster)
  })

  const home = () => createHome(cluster, 'patch', 'patch')
  const createTask = (namespace: string, patch: object, spec: object = {}) =>
    api.createTask(namespace, 'task', {
      serviceAccountName: 'patch',
      operation: { patch: { kind: 'ConfigMap', ...patch } },
      ...spec,
    })
  const ran = (namespace: string, token?: string) => ranFor(api, namespace, 'task', token)
  const configMap = (name: string, more: object = {}, metadata: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...metadata },
    data: { level: 'debug', other: 'kept' },
    ...more,
  })
  const create = (namespace: string, ...objects: readonly object[]) =>
    cluster.kubectl(['create', '-n', namespace, '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    })
  const stored = (namespace: string, what: string) => get<Stored>(cluster, what, namespace)
  const levels = async (namespace: string, ...names: readonly string[]) =>
    Promise.all(names.map(async name => (await stored(namespace, `configmap ${name}`)).data?.['level']))
  const info = { patch: '{"data":{"level":"info"}}' }
  /** Writes that are no trials. */
  const writes = (request: Passing) => writesTarget(request) && !request.url.includes('dryRun')

  test('merge: what is named is changed and marked in one request, and owns nothing else', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'), configMap('b'), configMap('c'))
    await start({ namespaces: [namespace] })
    await createTask(namespace, { names: ['a', 'b'], ...info })
    const status = await ran(namespace)
    expect(status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'patched 2 ConfigMaps' })
    expect(status.history?.[0]).toMatchObject({
      command: `patch configmap/a,b in namespace/${namespace}`,
      changed: 2,
      attempts: 1,
      output: 'ConfigMap/a: changed (data.level)\nConfigMap/b: changed (data.level)',
    })
    expect(await levels(namespace, 'a', 'b', 'c')).toEqual(['info', 'info', 'debug'])
    const { data, metadata } = await stored(namespace, 'configmap a --show-managed-fields')
    expect(data).toEqual({ level: 'info', other: 'kept' })
    expect(metadata.annotations).toEqual({ [LAST_RUN]: status.history?.[0]?.id })
    expect(metadata.managedFields?.find(({ manager }) => manager === 'rota')?.fieldsV1).toEqual({
      'f:data': { 'f:level': {} },
      'f:metadata': { 'f:annotations': { '.': {}, [`f:${LAST_RUN}`]: {} } },
    })
    expect(behind().seen.filter(writes)).toHaveLength(2)
  })

  test('what is so already is not written; what the API server writes in another way is no change', async () => {
    const namespace = await home()
    const labels = { tier: 'web' }
    await create(namespace, configMap('a', {}, { labels }), configMap('b', {}, { labels }), configMap('c'))
    const hard = { pods: '10', 'requests.cpu': '1' }
    await create(namespace, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota' }, spec: { hard } })
    await start({ namespaces: [namespace] })
    await createTask(namespace, { selector: { matchLabels: labels }, ...info })
    expect(await ran(namespace, '1')).toMatchObject({ lastMessage: 'patched 2 ConfigMaps' })
    const before = (await stored(namespace, 'configmap a')).metadata.resourceVersion
    expect(await ran(namespace, '2')).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'nothing to change; 2 already so',
      history: [{ changed: 0 }, { changed: 2 }],
    })
    expect((await stored(namespace, 'configmap a')).metadata.resourceVersion).toBe(before)

    const quota = { kind: 'ResourceQuota', names: ['quota'], patch: '{"spec":{"hard":{"requests.cpu":"1000m"}}}' }
    await api.createTask(namespace, 'quota', { serviceAccountName: 'patch', operation: { patch: quota } })
    expect(await ranFor(api, namespace, 'quota')).toMatchObject({ lastMessage: 'nothing to change; 1 already so' })
  })

  test('strategic: one container of several gets another image', async () => {
    const namespace = await home()
    const template = podTemplate('web')
    const containers = [...template.spec.containers, { name: 'sidecar', image: 'example.invalid/sidecar:1' }]
    const spec = {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: { ...template, spec: { containers } },
    }
    await create(namespace, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec })
    await start({ namespaces: [namespace] })
    const patch = 'spec: {template: {spec: {containers: [{name: sidecar, image: "example.invalid/sidecar:2"}]}}}'
    await createTask(namespace, { kind: 'Deployment', names: ['web'], type: 'Strategic', patch })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'patched 1 Deployment',
      history: [{ output: 'Deployment/web: changed (spec.template.spec.containers)' }],
    })
    const { stdout } = await cluster.kubectl([
      ...['get', 'deployment', 'web', '-n', namespace],
      ...['-o', 'jsonpath={.spec.template.spec.containers[*].image}'],
    ])
    expect(stdout.split(' ').sort()).toEqual(['example.invalid/app:1', 'example.invalid/sidecar:2'])
  })

  test('JSON: names with a slash, and objects without annotations', async () => {
    const namespace = await home()
    await create(namespace, configMap('a', { data: { 'x.y': '1' } }), configMap('b', { data: { 'x.y': '1' } }))
    await start({ namespaces: [namespace] })
    const patch = JSON.stringify([
      { op: 'test', path: '/data/x.y', value: '1' },
      { op: 'move', from: '/data/x.y', path: '/data/z' },
      { op: 'add', path: '/metadata/annotations/example.com~1team', value: 'a' },
    ])
    await createTask(namespace, { names: ['a', 'b'], type: 'JSON', patch })
    const status = await ran(namespace)
    expect(status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'patched 2 ConfigMaps' })
    const { data, metadata } = await stored(namespace, 'configmap a')
    expect(data).toEqual({ z: '1' })
    expect(metadata.annotations).toEqual({ 'example.com/team': 'a', [LAST_RUN]: status.history?.[0]?.id })
    expect(await ran(namespace, '2')).toMatchObject({
      lastResult: 'Failed',
      lastMessage: expect.stringContaining(
        'an operation of the JSON patch does not fit the object: a test fails, or a path is not there',
      ),
      history: [{ resultReason: 'Invalid', attempts: 1, changed: 0 }, {}],
    })
  })

  test('a custom resource: the message has the lines that allow it, and says that it takes no strategic patch', async () => {
    const namespace = await home()
    const group = `patch-${randomBytes(4).toString('hex')}.example.com`
    const widgets: Kind = { kind: 'Widget', group, version: 'v1', plural: 'widgets' }
    await apply(cluster, [customKind(widgets)])
    await untilServed(cluster, `crd/widgets.${group}`)
    await apply(
      cluster,
      [{ apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } }],
      namespace,
    )
    await start({ namespaces: [namespace] })
    const task = { kind: `Widget.${group}`, names: ['w'], patch: '{"spec":{"size":2}}' }
    await createTask(namespace, { ...task, type: 'Strategic' })
    const refused = await ran(namespace, '1')
    const own = `patch-patch-widgets-${group.replaceAll('.', '-')}`
    const line =
      `kubectl create role ${own} -n ${namespace} --verb=list,patch --resource=widgets.${group} && ` +
      `kubectl create rolebinding ${own} -n ${namespace} --role=${own} --serviceaccount=${namespace}:patch`
    expect(refused.history?.[0]).toMatchObject({
      resultReason: 'Forbidden',
      error: `ServiceAccount ${namespace}/patch may not list widgets.${group} in namespace ${namespace}; to allow it: ${line}`,
    })
    await type(cluster, line)
    expect(await ran(namespace, '2')).toMatchObject({
      lastResult: 'Failed',
      lastMessage: `Widget ${namespace}/w takes no strategic patches: write type: Merge, or JSON`,
    })
    await api.patch('scheduledtasks', namespace, 'task', { spec: { operation: { patch: { type: 'Merge' } } } })
    expect(await ran(namespace, '3')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'patched 1 Widget' })
    expect((await stored(namespace, `widgets.${group} w`)).spec).toEqual({ size: 2 })
    await cluster.kubectl(['delete', 'crd', `widgets.${group}`, '--wait=false'])
  })

  test('what fails is reported object by object, and the others are patched', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'), configMap('frozen', { immutable: true }), configMap('z'))
    await start({ namespaces: [namespace] })
    await createTask(namespace, { names: ['a', 'frozen', 'missing', 'z'], ...info })
    const { lastMessage, history } = await ran(namespace)
    expect(history?.[0]).toMatchObject({
      result: 'Failed',
      resultReason: 'Invalid',
      changed: 2,
      attempts: 1,
      error:
        `patch ConfigMap ${namespace}/frozen is not valid: ConfigMap "frozen" is invalid: data: Forbidden: ` +
        'field is immutable when `immutable` is set; there is no ConfigMap named missing',
    })
    expect(history?.[0]?.output?.split('\n').sort()).toEqual([
      'ConfigMap/a: changed (data.level)',
      'ConfigMap/z: changed (data.level)',
    ])
    expect(lastMessage).toBe(`${history?.[0]?.error}; patched 2 ConfigMaps`)
    expect(await levels(namespace, 'a', 'frozen', 'z')).toEqual(['info', 'debug', 'info'])
  })

  test('another namespace without rights: what is allowed is done, and the line that is printed allows the rest', async () => {
    const namespace = await home()
    const other = await createNamespace(cluster, 'patch-other')
    for (const one of [namespace, other]) await create(one, configMap('a'))
    await start({ namespaces: [namespace] })
    await createTask(namespace, { names: ['a'], ...info }, { target: { namespaces: [namespace, other] } })
    const { history } = await ran(namespace, '1')
    const line = `kubectl create rolebinding ${namespace}-patch-patch -n ${other} --clusterrole=rota:patch --serviceaccount=${namespace}:patch`
    expect(history?.[0]).toMatchObject({
      resultReason: 'Forbidden',
      changed: 1,
      attempts: 1,
      error: `ServiceAccount ${namespace}/patch may not list configmaps in namespace ${other}; to allow it: ${line}`,
    })
    expect([await levels(namespace, 'a'), await levels(other, 'a')]).toEqual([['info'], ['debug']])
    await type(cluster, line)
    expect(await ran(namespace, '2')).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'patched 1 ConfigMap; 1 already so',
    })
  })

  test('a misspelt field is a mistake that is named', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'))
    await start({ namespaces: [namespace] })
    await createTask(namespace, { names: ['a'], patch: '{"dta":{"level":"info"}}' })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: `patch ConfigMap ${namespace}/a is not valid: unknown field "dta"`,
    })
  })

  test('a patch that would change what an object is stalls the task, which an edit mends', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'))
    await start({ namespaces: [namespace] })
    await createTask(namespace, { names: ['a'], patch: '{"metadata":{"name":"b"}}' })
    const stalled = await api.untilTask(namespace, 'task', 'stalled', ({ status }) => status?.phase === 'Stalled')
    expect(stalled.status?.conditions).toMatchObject([
      {
        type: 'Ready',
        status: 'False',
        reason: 'InvalidPatch',
        message: expect.stringContaining('cannot change metadata.name: leave it out'),
      },
      { type: 'Stalled', status: 'True' },
    ])
    await api.patch('scheduledtasks', namespace, 'task', { spec: { operation: { patch: info } } })
    expect(await ran(namespace)).toMatchObject({ lastResult: 'Succeeded' })
  })

  test('a Secret: what it holds stands in no message', async () => {
    const namespace = await home()
    await create(namespace, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { password: 'hunter2' },
    })
    await start({ namespaces: [namespace] })
    await createTask(namespace, { kind: 'Secret', names: ['s'], patch: '{"data":{"pin":4711}}' })
    const refused = await ran(namespace, '1')
    await type(cluster, /kubectl [^;]+$/.exec(refused.lastMessage ?? '')?.[0] ?? '')
    const wrong = await ran(namespace, '2')
    expect(wrong.lastMessage).toMatch(/^patch Secret .*\/s is not valid: the API server's words are left out/)
    expect(JSON.stringify(wrong)).not.toMatch(/hunter2|aHVudGVyMg|4711/)
    await api.patch('scheduledtasks', namespace, 'task', {
      spec: { operation: { patch: { patch: '{"stringData":{"password":"other"}}' } } },
    })
    const fine = await ran(namespace, '3')
    expect(fine).toMatchObject({
      lastResult: 'Succeeded',
      history: [{ output: 'Secret/s: changed (data.password)' }, {}, {}],
    })
  })

  test('a dry run changes nothing and says what would be', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'), configMap('b', { data: { level: 'info' } }))
    await start({ namespaces: [namespace] })
    await createTask(namespace, { names: ['a', 'b'], ...info }, { dryRun: true })
    const before = (await stored(namespace, 'configmap a')).metadata.resourceVersion
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'dry run, nothing was changed: would have patched 1 ConfigMap; 1 already so',
      history: [{ dryRun: true, output: 'ConfigMap/a: changed (data.level)' }],
    })
    expect((await stored(namespace, 'configmap a')).metadata.resourceVersion).toBe(before)
    expect(behind().seen.filter(writes)).toEqual([])
  })

  test('limits are judged before the first change', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'), configMap('b'))
    await start({ namespaces: [namespace] })
    await createTask(namespace, { names: ['a', 'b'], ...info }, { maxAffected: { objects: 1 } })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: 'would change 2 objects, and spec.maxAffected.objects is 1: refused as a whole',
      history: [{ output: 'not done: ConfigMap/a: changed (data.level)\nnot done: ConfigMap/b: changed (data.level)' }],
    })
    expect(await levels(namespace, 'a', 'b')).toEqual(['debug', 'debug'])
  })

  test('what others change between trial and write is kept, and patched', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'))
    await start({ namespaces: [namespace] })
    const { waiting, open } = gate(writes)
    await createTask(namespace, { names: ['a'], ...info })
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    await until('the write waits', () => waiting.length === 1)
    await api.patch('configmaps', namespace, 'a', { data: { mine: 'yes' } })
    open()
    expect(await endOf(api, namespace, 'task')).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'patched 1 ConfigMap',
    })
    expect((await stored(namespace, 'configmap a')).data).toEqual({ level: 'info', other: 'kept', mine: 'yes' })
  })

  test('an answer that is lost: done once, and reported as done', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'))
    await start({ namespaces: [namespace] })
    let lost = 0
    behind().fate = request => (writes(request) && lost++ === 0 ? 'lose' : 'pass')
    await createTask(namespace, { names: ['a'], ...info }, { retry: { attempts: 2, delaySeconds: 0 } })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'patched 1 ConfigMap',
      history: [{ attempts: 2, changed: 1, output: 'ConfigMap/a: done in an earlier attempt' }],
    })
    expect(behind().seen.filter(writes)).toHaveLength(1)
  })

  test('an operator that is stopped in mid-run: the next one does the rest, and leaves what others have changed since', async () => {
    const namespace = await home()
    await create(namespace, configMap('a'), configMap('b'))
    const first = await start({ namespaces: [namespace], flags: { 'shutdown-grace': '0' } })
    const proxy = behind()
    proxy.fate = request => (writes(request) && request.url.includes('/b?') ? new Promise(() => undefined) : 'pass')
    await createTask(namespace, { names: ['a', 'b'], ...info })
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    await until('the first is patched', async () => (await levels(namespace, 'a'))[0] === 'info')
    await first.stop()
    await proxy.close()
    await api.patch('configmaps', namespace, 'a', { data: { level: 'mine' } })
    await start({ namespaces: [namespace] })
    expect(await endOf(api, namespace, 'task')).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'patched 2 ConfigMaps',
      runCount: 1,
      history: [{ output: 'ConfigMap/a: done in an earlier attempt\nConfigMap/b: changed (data.level)' }],
    })
    expect(await levels(namespace, 'a', 'b')).toEqual(['mine', 'info'])
  })

  test.each([
    ['cancelled', 'Cancelled', 'Requested'],
    ['out of time', 'TimedOut', 'Timeout'],
  ])('a run that is %s begins no further change', async (_, result, reason) => {
    const namespace = await home()
    const names = Array.from({ length: 12 }, (_, n) => `c-${String(n).padStart(2, '0')}`)
    await create(namespace, ...names.map(name => configMap(name)))
    const { clock } = await start({ namespaces: [namespace] })
    const { waiting } = gate(writes)
    await createTask(namespace, { names, ...info }, { timeoutSeconds: 60, retry: { attempts: 1 } })
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    await until('writes wait', () => waiting.length > 0)
    if (result === 'Cancelled') await api.annotate(namespace, 'task', { 'rota.dev/cancel': 'stop' })
    else clock.jumpTo(clock.now() + 61_000)
    const { history } = await endOf(api, namespace, 'task')
    expect(history?.[0]).toMatchObject({ result, resultReason: reason, changed: 0 })
    // So many at once, and none after them.
    expect(waiting.length).toBeLessThanOrEqual(8)
    expect(new Set(await levels(namespace, ...names))).toEqual(new Set(['debug']))
  })
})
