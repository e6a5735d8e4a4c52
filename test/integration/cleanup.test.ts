import { beforeAll, describe, expect, test } from 'vitest'
import { rfc3339 } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { createHome, shipRoles, type } from '../harness/accounts.ts'
import { type Api, deployment, job, type Plural, podTemplate, type Workload } from '../harness/api.ts'
import { readAuditLog } from '../harness/audit.ts'
import { apply, get, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { nextSecond } from '../harness/next-second.ts'
import { bench, ended } from '../harness/proxied-operator.ts'
import type { FaultProxy, Passing } from '../harness/proxy.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const cluster = sharedCluster()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** ConfigMaps come in pages of two. */
const paged = (url: string) => (url.includes('/configmaps?') ? url.replace(/limit=\d+/, 'limit=2') : url)

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('cleanup', () => {
  const { behind, start, gate, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
    await shipRoles(cluster)
  })

  const home = (prefix: string) => createHome(cluster, prefix, 'cleanup')
  const createTask = (namespace: string, cleanup: object, spec: object = {}) =>
    api.createTask(namespace, 'task', { serviceAccountName: 'cleanup', operation: { cleanup }, ...spec })
  const request = (namespace: string, token: string) => api.annotate(namespace, 'task', { 'rota.dev/run': token })
  async function ran(namespace: string, token = '1') {
    // What was made in the second of the slot was not there before it.
    await nextSecond()
    await request(namespace, token)
    const { status } = await api.untilTask(
      namespace,
      'task',
      `ended ${token}`,
      task => task.status?.handled?.run === token && ended(task),
    )
    if (!status) throw new Error('no status')
    return status
  }
  const createMaps = async (namespace: string, names: readonly string[], labels: object = {}) => {
    const maps = names.map(name => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } }))
    await apply(cluster, maps, namespace)
    await nextSecond()
  }
  const names = async (plural: Plural, namespace: string) =>
    (await api.list(plural, namespace))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name)
      .filter(name => name !== 'kube-root-ca.crt')
      .sort()
  const all = { kinds: ['ConfigMap'], olderThanSeconds: 0, exclude: { names: ['kube-root-ca.crt'] } }
  const deletes = ({ method, as }: Passing) => method === 'DELETE' && as !== ''

  test('completed Jobs go, and their pods with them; what runs or has failed stays', async () => {
    const namespace = await home('jobs')
    await api.create('jobs', namespace, job('done', {}))
    await api.create('jobs', namespace, job('failed', { 'kwok.test/exit-code': '3' }))
    await api.create('jobs', namespace, job('running', { 'kwok.test/run-for': '1h' }))
    await until('the Jobs are as wanted', async () => {
      const [done, failed] = await Promise.all(['done', 'failed'].map(name => api.get('jobs', namespace, name)))
      return done?.status?.succeeded === 1 && failed?.status?.failed === 1
    })
    await nextSecond()
    await start({ namespaces: [namespace] })
    await createTask(namespace, { kinds: ['Job'], phases: ['Succeeded'] })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'deleted 1 Job',
      history: [{ changed: 1, output: 'Job/done: deleted', namespaces: [namespace] }],
    })
    expect(await names('jobs', namespace)).toEqual(['failed', 'running'])
    const jobOf = (pod: string) => pod.replace(/-.*/, '')
    const left = await until(
      'its pod is gone',
      async () => (await names('pods', namespace)).map(jobOf),
      pods => !pods.includes('done'),
    )
    expect(left).toEqual(['failed', 'running'])
  })

  test('failed Pods go, those that run stay', async () => {
    const namespace = await home('pods')
    const pod = (name: string, annotations: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, annotations },
      spec: podTemplate(name).spec,
    })
    await api.create('pods', namespace, pod('crashed', { 'kwok.test/exit-code': '1' }))
    await api.create('pods', namespace, pod('fine', {}))
    await until('one has failed', async () => (await api.get('pods', namespace, 'crashed')).status?.phase === 'Failed')
    await start({ namespaces: [namespace] })
    await createTask(namespace, { kinds: ['Pod'], phases: ['Failed'] })
    expect(await ran(namespace)).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'deleted 1 Pod' })
    expect(await names('pods', namespace)).toEqual(['fine'])
  })

  test('old ReplicaSets of a Deployment go, its newest one stays, and so do its pods', async () => {
    const namespace = await home('replicasets')
    await api.create('deployments', namespace, deployment('web', 1))
    for (const revision of ['2', '3']) {
      await until(
        'its ReplicaSets',
        () => names('replicasets', namespace),
        all => all.length === Number(revision) - 1,
      )
      await nextSecond()
      const template = { metadata: { annotations: { revision } } }
      await api.patch('deployments', namespace, 'web', { spec: { template } })
    }
    await cluster.kubectl(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
    const before = await api.list('replicasets', namespace)
    expect(before).toHaveLength(3)
    await start({ namespaces: [namespace], start: Date.now() + HOUR })
    await createTask(namespace, { kinds: ['ReplicaSet'], keepNewest: 1 })
    expect((await ran(namespace)).lastMessage).toBe('deleted 2 ReplicaSets')
    const [kept, ...more] = await api.list('replicasets', namespace)
    expect(more).toEqual([])
    expect(kept?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
    expect(kept?.spec.replicas).toBe(1)
  })

  test('a PersistentVolumeClaim that a pod uses is being deleted after it, and is not deleted again', async () => {
    const namespace = await home('claims')
    const claim = (name: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, labels: { app: 'old' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })
    for (const name of ['used', 'free']) await api.create('persistentvolumeclaims', namespace, claim(name))
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'used' } }]
    const { spec } = podTemplate('user')
    // Only a pod that is on a node holds its claim.
    const { items } = await get<{ readonly items: readonly Workload[] }>(cluster, 'nodes')
    const nodeName = items[0]?.metadata.name
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'user' } }
    await api.create('pods', namespace, { ...pod, spec: { ...spec, volumes, nodeName } })
    await nextSecond()
    await start({ namespaces: [namespace] })
    const selector = { matchLabels: { app: 'old' } }
    await createTask(namespace, { kinds: ['PersistentVolumeClaim'], selector })
    expect((await ran(namespace)).lastMessage).toBe('deleted 2 PersistentVolumeClaims')
    await until('the free one is gone', async () => (await api.list('persistentvolumeclaims', namespace)).length === 1)
    expect((await ran(namespace, '2')).lastMessage).toBe('nothing to do; left out: used (is being deleted)')
    expect(behind().seen.filter(deletes)).toHaveLength(2)
  })

  test('ConfigMaps by label, as the account and nobody else; what comes while it lists stays', async () => {
    const namespace = await home('maps')
    const app = { app: 'report' }
    await createMaps(namespace, ['report-1', 'report-2'], app)
    await createMaps(namespace, ['other'])
    await start({ namespaces: [namespace] })
    const held = gate(({ method, as, url }) => method === 'GET' && as !== '' && url.includes('/configmaps'))
    await createTask(namespace, { kinds: ['ConfigMap'], selector: { matchLabels: app } })
    await request(namespace, '1')
    await until('it lists', () => held.waiting.length === 1)
    await createMaps(namespace, ['report-3'], app)
    held.open()
    const { status } = await api.untilTask(namespace, 'task', 'ended', ended)
    expect(status?.lastMessage).toBe('deleted 2 ConfigMaps')
    expect(await names('configmaps', namespace)).toEqual(['other', 'report-3'])
    const deleted = await until(
      'the audit log has both',
      () =>
        readAuditLog(cluster.auditLog ?? '').filter(
          ({ verb, objectRef }) => verb === 'delete' && objectRef?.namespace === namespace,
        ),
      events => events.length === 2,
    )
    expect(deleted.map(({ impersonatedUser }) => impersonatedUser?.username)).toEqual(
      Array.from({ length: 2 }, () => `system:serviceaccount:${namespace}:cleanup`),
    )
  })

  test('ages are those at the slot, however late the run is', async () => {
    const namespace = await home('ages')
    await createMaps(namespace, ['a', 'b'])
    const slot = (Math.floor(Date.now() / MINUTE) + 60) * MINUTE
    const { clock } = await start({ namespaces: [namespace], start: slot - 2 * MINUTE })
    const schedule = `${new Date(slot).getUTCMinutes()} * * * *`
    // At the slot they are an hour old, and when it is made up for almost two.
    await createTask(namespace, { ...all, olderThanSeconds: 75 * 60 }, { schedule, suspend: false })
    await api.untilTask(namespace, 'task', 'observed', ({ status }) => status?.phase === 'Scheduled')
    clock.jumpTo(slot + 50 * MINUTE)
    const { status } = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(status).toMatchObject({ lastSlotTime: rfc3339(slot), lastMessage: 'nothing to do' })
    clock.jumpTo(slot + HOUR - 200)
    const next = await api.untilTask(namespace, 'task', 'ran', task => task.status?.runCount === 2 && ended(task))
    expect(next.status?.lastMessage).toBe('deleted 2 ConfigMaps')
  })

  test('more than 100 objects are refused as a whole unless the author allows more', async () => {
    const namespace = await home('many')
    const many = Array.from({ length: 101 }, (_, n) => `map-${n}`)
    await createMaps(namespace, many)
    await start({ namespaces: [namespace] })
    await createTask(namespace, all)
    const status = await ran(namespace)
    expect(status).toMatchObject({
      lastResult: 'Failed',
      lastMessage: 'would change 101 objects, and spec.maxAffected.objects is 100 unless set: refused as a whole',
      history: [{ resultReason: 'TooManyAffected', changed: 0, attempts: 1 }],
    })
    expect(status.history?.[0]?.output).toContain('not done: ConfigMap/map-0: deleted')
    expect(behind().seen.filter(deletes)).toEqual([])
    await api.patch('scheduledtasks', namespace, 'task', { spec: { maxAffected: { objects: 101 } } })
    expect(await ran(namespace, '2')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'deleted 101 ConfigMaps' })
    expect(await names('configmaps', namespace)).toEqual([])
  })

  test('a kind that may not be listed stops it before the first delete, and the message has the line that allows it', async () => {
    const namespace = await home('refused')
    await createMaps(namespace, ['a'])
    await start({ namespaces: [namespace] })
    await createTask(namespace, { ...all, kinds: ['ConfigMap', 'Secret'] })
    const refused = await ran(namespace)
    expect(refused).toMatchObject({ lastResult: 'Failed', history: [{ resultReason: 'Forbidden', changed: 0 }] })
    const own = 'cleanup-cleanup-secrets'
    const line =
      `kubectl create role ${own} -n ${namespace} --verb=list,delete --resource=secrets && ` +
      `kubectl create rolebinding ${own} -n ${namespace} --role=${own} --serviceaccount=${namespace}:cleanup`
    expect(refused.lastMessage).toBe(
      `ServiceAccount ${namespace}/cleanup may not list secrets in namespace ${namespace}; to allow it: ${line}`,
    )
    expect(behind().seen.filter(deletes)).toEqual([])
    await type(cluster, line)
    expect((await ran(namespace, '2')).lastMessage).toBe('deleted 1 ConfigMap')
  })

  test.each<[string, Pick<FaultProxy, 'fate'> | Pick<FaultProxy, 'rewrite'>, string]>([
    ['refused', { rewrite: url => paged(url).replace(/continue=[^&]+/, 'continue=forgotten') }, 'Invalid'],
    [
      'forgotten again and again',
      { rewrite: paged, fate: ({ url }) => (url.includes('continue=') ? { answer: 410 } : 'pass') },
      'Expired',
    ],
  ])('a list whose rest is %s stops it before the first delete', async (_, happens, resultReason) => {
    const namespace = await home('part')
    await createMaps(namespace, ['a', 'b', 'c'])
    await start({ namespaces: [namespace] })
    Object.assign(behind(), happens)
    await createTask(namespace, all, { retry: { attempts: 1 } })
    expect(await ran(namespace)).toMatchObject({ lastResult: 'Failed', history: [{ resultReason, changed: 0 }] })
    expect(behind().seen.filter(deletes)).toEqual([])
    expect(await names('configmaps', namespace)).toEqual(['a', 'b', 'c'])
  })

  test('what may not be deleted is named, and the rest is deleted', async () => {
    const namespace = await home('partial')
    await cluster.kubectl(['delete', 'rolebinding', `${namespace}-cleanup`, '-n', namespace])
    const kubectl = (...args: readonly string[]) => cluster.kubectl([...args, '-n', namespace])
    await kubectl('create', 'role', 'lists', '--verb=list', '--resource=configmaps')
    const some = ['--resource-name=a', '--resource-name=c']
    await kubectl('create', 'role', 'deletes', '--verb=delete', '--resource=configmaps', ...some)
    for (const role of ['lists', 'deletes'])
      await kubectl('create', 'rolebinding', role, `--role=${role}`, `--serviceaccount=${namespace}:cleanup`)
    await createMaps(namespace, ['a', 'b', 'c'])
    await start({ namespaces: [namespace] })
    await createTask(namespace, all)
    const status = await ran(namespace)
    expect(status).toMatchObject({ lastResult: 'Failed', errorCount: 1 })
    expect(status.history?.[0]).toMatchObject({ resultReason: 'Forbidden', changed: 2, attempts: 1 })
    expect(status.history?.[0]?.output).toBe(
      'not done: ConfigMap/b: deleted (Forbidden)\nConfigMap/a: deleted\nConfigMap/c: deleted',
    )
    expect(status.lastMessage).toMatch(
      /^ServiceAccount \S+ may not delete configmaps in namespace \S+; to allow it: kubectl .*; deleted 2 ConfigMaps$/,
    )
    expect(await names('configmaps', namespace)).toEqual(['b'])
  })

  test('a dry run deletes nothing, and says what would be', async () => {
    const namespace = await home('dry')
    await createMaps(namespace, ['a', 'b'])
    await start({ namespaces: [namespace] })
    await createTask(namespace, all, { dryRun: true })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'dry run, nothing was changed: would have deleted 2 ConfigMaps',
      history: [{ dryRun: true, output: 'ConfigMap/a: deleted\nConfigMap/b: deleted' }],
    })
    expect(await names('configmaps', namespace)).toEqual(['a', 'b'])
    expect(
      behind()
        .seen.filter(deletes)
        .map(({ body }) => JSON.parse(body)),
    ).toMatchObject([{ dryRun: ['All'] }, { dryRun: ['All'] }])
  })

  test('an answer that is lost: another attempt finds the object gone, and what was made again meanwhile stays', async () => {
    const namespace = await home('lost')
    await createMaps(namespace, ['a', 'b', 'c'])
    const { clock } = await start({ namespaces: [namespace] })
    let lost = 0
    behind().fate = request =>
      deletes(request) && request.url.includes('/configmaps/b') && lost++ === 0 ? 'lose' : 'pass'
    await createTask(namespace, all, { retry: { attempts: 2, delaySeconds: 60 } })
    await request(namespace, '1')
    const paused = await api.untilTask(namespace, 'task', 'pauses', ({ status }) => status?.activeRun?.attempt === 2)
    expect(paused.status?.lastMessage).toMatch(
      /^attempt 1 of 2: the API server did not answer .*; deleted 2 ConfigMaps$/,
    )
    await createMaps(namespace, ['b'])
    const { status } = await inHaste(clock, () => api.untilTask(namespace, 'task', 'ran', ended))
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
    expect(status?.history?.[0]).toMatchObject({ attempts: 2, changed: 2 })
    expect(status?.lastMessage).toBe('deleted 2 ConfigMaps')
    expect(await names('configmaps', namespace)).toEqual(['b'])
  })

  test('a cancel stops it between two objects, and what is deleted stays so', async () => {
    const namespace = await home('cancel')
    const many = Array.from({ length: 20 }, (_, n) => `map-${String(n).padStart(2, '0')}`)
    await createMaps(namespace, many)
    await start({ namespaces: [namespace] })
    let passed = 0
    const stuck = Promise.withResolvers<'pass'>()
    behind().fate = request => (deletes(request) && passed++ >= 5 ? stuck.promise : 'pass')
    await createTask(namespace, all)
    await request(namespace, '1')
    await until('five are deleted', async () => (await names('configmaps', namespace)).length === 15)
    await api.annotate(namespace, 'task', { 'rota.dev/cancel': '2' })
    const { status } = await api.untilTask(namespace, 'task', 'cancelled', ended)
    stuck.resolve('pass')
    expect(status).toMatchObject({
      lastResult: 'Cancelled',
      lastMessage: 'cancelled: requested by 2; changed 5 objects before it ended',
    })
    expect(status?.history?.[0]).toMatchObject({ changed: 5 })
    expect(status?.history?.[0]?.output?.split('\n')).toHaveLength(5)
    expect(await names('configmaps', namespace)).toHaveLength(15)
  })

  test('an operator that ends in mid-run: the next one deletes the rest, and nothing that came since', async () => {
    const namespace = await home('resumed')
    await createMaps(namespace, ['a', 'b', 'c'])
    const first = await start({ namespaces: [namespace], flags: { 'shutdown-grace': '1' } })
    const held = gate(request => deletes(request) && !request.url.includes('/configmaps/a'))
    await createTask(namespace, all)
    await request(namespace, '1')
    await until('one is deleted', async () => !(await names('configmaps', namespace)).includes('a'))
    await until('the others are under way', () => held.waiting.length === 2)
    await first.stop()
    await createMaps(namespace, ['a'])
    await start({ namespaces: [namespace] })
    const { status } = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, lastMessage: 'deleted 2 ConfigMaps' })
    expect(await names('configmaps', namespace)).toEqual(['a'])
  })
})
