import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Kind } from '../../src/api/fault.ts'
import { untilServed } from '../cluster/crds.ts'
import { type } from '../harness/accounts.ts'
import { type Api, deployment } from '../harness/api.ts'
import { applyBench, configMap, reallyWrites } from '../harness/apply-bench.ts'
import { createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { customKind } from '../harness/custom-kinds.ts'

const cluster = sharedCluster()
const LAST_RUN = 'rota.dev/last-run'

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('apply', () => {
  const { behind, start, api: connect, home, createTask, edit, ran, stored, names, applyAs } = applyBench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })

  test('creates, changes and leaves alone, as a manager of its own that owns what the text says', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    const { metadata } = await createTask(namespace, [configMap('a'), configMap('b', { one: '1', two: '2' })])
    const manager = `rota-${metadata.uid.slice(0, 8)}`
    const first = await ran(namespace, '1')
    expect(first).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'applied 2 ConfigMaps' })
    expect(first.history?.[0]?.output?.split('\n').sort()).toEqual(['ConfigMap/a: created', 'ConfigMap/b: created'])
    const b = await stored(namespace, 'configmap b --show-managed-fields')
    expect(b.metadata.annotations).toEqual({ [LAST_RUN]: first.history?.[0]?.id })
    expect(b.metadata.managedFields).toMatchObject([
      {
        manager,
        operation: 'Apply',
        fieldsV1: {
          'f:data': { 'f:one': {}, 'f:two': {} },
          'f:metadata': { 'f:annotations': { [`f:${LAST_RUN}`]: {} } },
        },
      },
    ])

    const before = (await stored(namespace, 'configmap a')).metadata.resourceVersion
    await edit(namespace, [configMap('a'), configMap('b', { one: '3' })])
    expect(await ran(namespace, '2')).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'applied 1 ConfigMap; 1 already so',
      history: [{ changed: 1, output: 'ConfigMap/b: changed (data.one, data.two)' }, {}],
    })
    expect((await stored(namespace, 'configmap b')).data).toEqual({ one: '3' })
    expect(await ran(namespace, '3')).toMatchObject({ lastMessage: 'nothing to change; 2 already so' })
    expect((await stored(namespace, 'configmap a')).metadata.resourceVersion).toBe(before)
  })

  test('a conflict is final, names the managers, and nothing at all is applied; force takes over', async () => {
    const namespace = await home()
    await applyAs('helm', namespace, configMap('b', { level: 'debug', other: 'kept' }))
    await start({ namespaces: [namespace] })
    await createTask(namespace, [configMap('a'), configMap('b')])
    const refused = await ran(namespace, '1')
    expect(refused.history?.[0]).toMatchObject({
      result: 'Failed',
      resultReason: 'FieldManagerConflict',
      attempts: 1,
      changed: 0,
      error: `ConfigMap ${namespace}/b: helm manages data.level: leave that out of the manifest, or write force: true to take it over`,
      output: 'not done: ConfigMap/a: created',
    })
    expect(await names(namespace)).toEqual(['b'])
    expect(behind().seen.filter(reallyWrites)).toEqual([])

    await edit(namespace, [configMap('a'), configMap('b')], { force: true })
    expect(await ran(namespace, '2')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'applied 2 ConfigMaps' })
    expect((await stored(namespace, 'configmap b')).data).toEqual({ level: 'info', other: 'kept' })
  })

  test('two tasks may apply different fields of one object', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, [configMap('a', { one: '1' })])
    await createTask(namespace, [configMap('a', { two: '1' })], {}, 'other')
    expect(await ran(namespace)).toMatchObject({ lastResult: 'Succeeded' })
    expect(await ran(namespace, '1', 'other')).toMatchObject({
      lastResult: 'Succeeded',
      history: [{ output: 'ConfigMap/a: changed (data.two)' }],
    })
    expect((await stored(namespace, 'configmap a')).data).toEqual({ one: '1', two: '1' })
    expect(await ran(namespace, '2')).toMatchObject({ lastMessage: 'nothing to change; 1 already so' })
  })

  test('what sleeps by another task is not woken by the way', async () => {
    const namespace = await home()
    await cluster.kubectl([
      ...['create', 'rolebinding', 'sleep', '-n', namespace],
      ...['--clusterrole=rota:sleep', `--serviceaccount=${namespace}:apply`],
    ])
    const withReplicas = deployment('web', 2) as { readonly spec: object }
    const { replicas: _, ...spec } = withReplicas.spec as { readonly replicas: number }
    const web = { ...withReplicas, spec }
    await start({ namespaces: [namespace] })
    await createTask(namespace, [web])
    await ran(namespace, '1')
    await api.createTask(namespace, 'off', { serviceAccountName: 'apply', operation: { sleep: {} } })
    expect(await ran(namespace, '1', 'off')).toMatchObject({ lastMessage: 'slept 1 Deployment' })
    await edit(namespace, [{ ...web, metadata: { name: 'web', labels: { tier: 'web' } } }])
    expect(await ran(namespace, '2')).toMatchObject({
      lastResult: 'Succeeded',
      history: [{ output: 'Deployment/web: changed (metadata.labels)' }, {}],
    })
    const { spec: asleep, metadata } = await api.get('deployments', namespace, 'web')
    expect(asleep.replicas).toBe(0)
    expect(metadata.annotations?.['rota.dev/sleep']).toBeDefined()

    await edit(namespace, [withReplicas])
    expect(await ran(namespace, '3')).toMatchObject({
      lastResult: 'Failed',
      lastMessage: `Deployment ${namespace}/web: rota manages spec.replicas: leave that out of the manifest, or write force: true to take it over`,
    })
  })

  test('a text with one document that is wrong applies none of them, and says what is wrong with each', async () => {
    const namespace = await home()
    const widget = (name: string) => ({
      apiVersion: `${group}/v1`,
      kind: 'Widget',
      metadata: { name },
      spec: { size: 1 },
    })
    const group = `apply-${randomBytes(4).toString('hex')}.example.com`
    const widgets: Kind = { kind: 'Widget', group, version: 'v1', plural: 'widgets' }
    const crd = customKind(widgets)
    await start({ namespaces: [namespace] })
    await createTask(namespace, [configMap('a'), crd, widget('w')])
    const both = await ran(namespace, '1')
    expect(both.history?.[0]).toMatchObject({
      result: 'Failed',
      resultReason: 'InvalidManifest',
      attempts: 1,
      changed: 0,
      error:
        `CustomResourceDefinition/widgets.${group}: is not in a namespace, and tasks work within namespaces: apply it by other means; ` +
        `Widget/w: the cluster has no such kind in ${group}/v1: install it first (a new one is known within a minute)`,
      output: 'not done: ConfigMap/a: created',
    })
    const wrong = { ...(deployment('web', 1) as object), spec: { replicas: 'three' } }
    await edit(namespace, [configMap('a'), wrong])
    expect(await ran(namespace, '2')).toMatchObject({
      lastMessage: `Deployment ${namespace}/web is not valid: spec.replicas: expected numeric (int or float), got string`,
    })
    expect(await names(namespace)).toEqual([])
  })

  test('custom resources are applied once the account may: the lines of the message allow it', async () => {
    const namespace = await home()
    const group = `apply-${randomBytes(4).toString('hex')}.example.com`
    const widgets: Kind = { kind: 'Widget', group, version: 'v1', plural: 'widgets' }
    await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(customKind(widgets)) })
    await untilServed(cluster, `crd/widgets.${group}`)
    await start({ namespaces: [namespace] })
    await createTask(namespace, [
      { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } },
      configMap('a'),
    ])
    const refused = await ran(namespace, '1')
    const own = `apply-apply-widgets-${group.replaceAll('.', '-')}`
    const line =
      `kubectl create role ${own} -n ${namespace} --verb=get,create,patch --resource=widgets.${group} && ` +
      `kubectl create rolebinding ${own} -n ${namespace} --role=${own} --serviceaccount=${namespace}:apply`
    expect(refused.history?.[0]).toMatchObject({
      resultReason: 'Forbidden',
      attempts: 1,
      error: `ServiceAccount ${namespace}/apply may not get widgets.${group} in namespace ${namespace}; to allow it: ${line}`,
      output: 'not done: ConfigMap/a: created',
    })
    expect(await names(namespace)).toEqual([])
    await type(cluster, line)
    expect(await ran(namespace, '2')).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'applied 1 ConfigMap and 1 Widget',
    })
    await cluster.kubectl(['delete', 'crd', `widgets.${group}`, '--wait=false'])
  })

  test('several namespaces: a refusal names verb, resource, namespace and account, and its line allows it', async () => {
    const namespace = await home()
    const other = await createNamespace(cluster, 'apply-other')
    const target = { target: { namespaces: [namespace, other] } }
    await start({ namespaces: [namespace] })
    await createTask(namespace, [configMap('everywhere'), configMap('there', {}, { namespace: other })], target)
    const { history } = await ran(namespace, '1')
    const line = `kubectl create rolebinding ${namespace}-apply-apply -n ${other} --clusterrole=rota:apply --serviceaccount=${namespace}:apply`
    expect(history?.[0]).toMatchObject({
      resultReason: 'Forbidden',
      changed: 0,
      error: `ServiceAccount ${namespace}/apply may not get configmaps in namespace ${other} (2 times); to allow it: ${line}`,
    })
    expect(await names(namespace)).toEqual([])
    await type(cluster, line)
    expect(await ran(namespace, '2')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'applied 3 ConfigMaps' })
    expect([await names(namespace), await names(other)]).toEqual([['everywhere'], ['everywhere', 'there']])
  })

  test('a document in a namespace that is no target stalls the task', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, [configMap('a', {}, { namespace: 'default' })])
    const stalled = await api.untilTask(namespace, 'task', 'stalled', ({ status }) => status?.phase === 'Stalled')
    expect(stalled.status?.conditions?.[0]).toMatchObject({
      reason: 'InvalidManifests',
      message: expect.stringContaining(
        'ConfigMap/a: namespace default is no target of this task: add it to target.namespaces',
      ),
    })
  })

  test('lists and empty documents', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    const list = { apiVersion: 'v1', kind: 'List', items: [configMap('a'), configMap('b')] }
    const manifests = `---\n# nothing here\n---\n${stringify(list)}---\n---\n${stringify(configMap('c'))}`
    await createTask(namespace, [], { operation: { apply: { manifests } } })
    expect(await ran(namespace)).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'applied 3 ConfigMaps' })
  })

  test('a Secret: what it holds stands in no message', async () => {
    const namespace = await home()
    const secret = (stringData: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData })
    await start({ namespaces: [namespace] })
    await createTask(namespace, [secret({ pin: 4711 })])
    const refused = await ran(namespace, '1')
    await type(cluster, /kubectl [^;]+$/.exec(refused.lastMessage ?? '')?.[0] ?? '')
    const wrong = await ran(namespace, '2')
    expect(wrong).toMatchObject({
      lastResult: 'Failed',
      lastMessage: `Secret ${namespace}/s is not valid: the API server's words are left out, as they may hold what is secret`,
    })
    await edit(namespace, [secret({ pin: '4711', user: 'root' })])
    expect(await ran(namespace, '3')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'applied 1 Secret' })
    await edit(namespace, [secret({ pin: '4712', user: 'root' })])
    const changed = await ran(namespace, '4')
    expect(changed).toMatchObject({
      lastResult: 'Succeeded',
      history: [{ output: 'Secret/s: changed (data.pin)' }, {}, {}, {}],
    })
    expect(JSON.stringify(changed)).not.toMatch(/471[12]|NDcxM/)
  })

  test('a dry run changes nothing and says what would be', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, [configMap('a'), configMap('b')], { dryRun: true })
    const status = await ran(namespace)
    expect(status).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'dry run, nothing was changed: would have applied 2 ConfigMaps',
      history: [{ dryRun: true }],
    })
    expect(await names(namespace)).toEqual([])
  })

  test('limits are judged before the first change', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, [configMap('a'), configMap('b')], { maxAffected: { objects: 1 } })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: 'would change 2 objects, and spec.maxAffected.objects is 1: refused as a whole',
    })
    expect(await names(namespace)).toEqual([])
  })
})
