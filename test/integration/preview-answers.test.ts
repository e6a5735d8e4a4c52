import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startProxy } from '../harness/proxy.ts'
import { manifest, preview, run, SLEEPS, stage, told } from './preview/stage.ts'

const cluster = sharedCluster()

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('the answers of rota preview', () => {
  const { api, operate, ran, team } = stage()

  describe('says what would keep a run from beginning:', () => {
    test('too many objects, in the words of the record', async () => {
      const namespace = await team('preview-many')
      await api().createTask(namespace, 'task', { maxAffected: { objects: 2 }, ...SLEEPS })
      const { status, runs } = await told([`${namespace}/task`])
      expect(status).toBe(1)
      expect(runs[0]).toMatchObject({
        verdict: 'WouldFail',
        refused: { reason: 'TooManyAffected' },
        limits: { affected: 3, total: 4, objects: 2 },
      })
      await operate(namespace)
      const { error, resultReason } = await ran(namespace, 'task')
      expect(resultReason).toBe('TooManyAffected')
      expect(error).toBe(`${runs[0]?.refused?.message}: refused as a whole`)
    })

    test('a ServiceAccount that does not exist, and what it would do if it did', async () => {
      const namespace = await team('preview-nobody')
      await api().createTask(namespace, 'task', { serviceAccountName: 'nobody', ...SLEEPS })
      const { status, runs } = await told([`${namespace}/task`])
      expect(status).toBe(1)
      expect(runs[0]?.refused).toMatchObject({
        reason: 'ServiceAccountNotFound',
        message: expect.stringContaining(`ServiceAccount ${namespace}/nobody does not exist`),
      })
      expect(runs[0]?.changes).toHaveLength(3)
    })

    test('the deletion of the task', async () => {
      const namespace = await team('preview-gone')
      await api().createTask(namespace, 'task', SLEEPS)
      const finalizers = (names: readonly string[]) =>
        api().patch('scheduledtasks', namespace, 'task', { metadata: { finalizers: names } })
      await finalizers(['example.org/keep'])
      await api().delete('scheduledtasks', namespace, 'task')
      const { previews, runs } = await told([`${namespace}/task`])
      expect(previews[0]?.state[0]?.reason).toBe('Deleted')
      expect(runs).toMatchObject([{ verdict: 'WouldFail', refused: { reason: 'Deleted' } }])
      await finalizers([])
    })

    test('a stalled task', async () => {
      const namespace = await team('preview-stalled')
      await api().createTask(namespace, 'task', SLEEPS)
      await api().annotate(namespace, 'task', { 'rota.dev/hold-until': '2126-11-24T00:00:00Z' })
      const { previews, status } = await told([`${namespace}/task`])
      expect(status).toBe(1)
      expect(previews[0]?.state[0]).toMatchObject({
        reason: 'InvalidRequest',
        message: expect.stringContaining('366 days at most'),
      })
      expect(previews[0]?.runs[0]).toMatchObject({ verdict: 'WouldFail', refused: { reason: 'InvalidRequest' } })
    })
  })

  test('a protected namespace fails, what others control is left out, and the rest is listed', async () => {
    const home = await team('preview-mixed')
    const kept = await createNamespace(cluster, 'preview-kept', { labels: { 'rota.dev/protected': 'true' } })
    const { uid } = (await api().get('statefulsets', home, 'db')).metadata
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid, controller: true }]
    await api().patch('deployments', home, 'web', { metadata: { ownerReferences } })
    await api().createTask(home, 'task', {
      target: { namespaces: [home, kept] },
      operation: { sleep: { kinds: ['Deployment', 'CronJob'] } },
    })
    const seen = await run([`${home}/task`])
    expect(seen.failures).toMatchObject([{ reason: 'ProtectedNamespace', message: expect.stringContaining(kept) }])
    expect(seen.left).toEqual([
      { kind: 'Deployment', namespace: home, name: 'web', reason: 'Owned', message: 'owned by StatefulSet/db' },
    ])
    expect(seen.changes.map(({ says }) => says)).toEqual(['CronJob/report: suspended'])
    expect(seen.already).toBe(1)
  })

  test('namespaces by label are those that whoever looks may list', async () => {
    const stage = `s-${Date.now()}`
    const home = await team('preview-label')
    const other = await createNamespace(cluster, 'preview-chosen', { labels: { stage } })
    await api().create('deployments', other, deployment('web', 1))
    await api().createTask(home, 'task', { target: { namespaceSelector: { matchLabels: { stage } } }, ...SLEEPS })
    const seen = await run([`${home}/task`])
    expect(seen.namespaces).toEqual([other])
    expect(seen.changes.map(({ namespace, says }) => `${namespace}: ${says}`)).toEqual([
      `${other}: Deployment/web: replicas 1 → 0`,
    ])
    expect(seen.rights.missing[0]).toMatchObject({ verb: 'list', resource: 'namespaces', namespace: null })
    const asTask = await run([`${home}/task`, '--as-task'])
    expect(asTask.failures.map(({ message }) => message)).toEqual([
      `ServiceAccount ${home}/rota may not list namespaces`,
    ])
  })

  test('a sleep with wakeSchedule has both kinds of slots, and what sleeps by it can be seen to wake', async () => {
    const namespace = await team('preview-nightly')
    const schedule = { schedule: '0 20 * * *', timeZone: 'Europe/Berlin' }
    await api().createTask(namespace, 'task', {
      ...schedule,
      operation: { sleep: { ...SLEEPS.operation.sleep, wakeSchedule: '0 7 * * *' } },
    })
    const [awake] = (await told([`${namespace}/task`])).previews
    expect(awake?.runs.map(({ operation }) => operation)).toEqual(['sleep'])
    const hours = awake?.nextRuns.map(({ operation, local }) => `${operation} ${local.slice(11, 16)}`)
    expect(hours).toHaveLength(5)
    expect(new Set(hours)).toEqual(new Set(['sleep 20:00', 'wake 07:00']))

    await operate(namespace)
    await ran(namespace, 'task')
    const { runs, status } = await told([`${namespace}/task`])
    expect(status).toBe(0)
    expect(runs.map(({ operation }) => operation)).toEqual(['sleep', 'wake'])
    expect(runs[0]).toMatchObject({ changes: [], already: 4 })
    const wakes = runs[1]?.changes.map(({ says }) => says).sort()
    expect(wakes).toEqual([
      'CronJob/report: not suspended',
      'Deployment/web: replicas 0 → 3',
      'StatefulSet/db: replicas 0 → 1',
    ])
    await api().annotate(namespace, 'task', { 'rota.dev/wake': 'up' })
    const { status: after } = await api().untilTask(
      namespace,
      'task',
      'woke',
      task => task.status?.handled?.wake === 'up' && !task.status.activeRun,
    )
    expect(after?.history?.[0]?.output?.split('\n').sort()).toEqual(wakes)
  })

  test('a suspended or held task is told to be so', async () => {
    const namespace = await team('preview-off')
    await api().createTask(namespace, 'off', { schedule: '0 20 * * *', suspend: true, ...SLEEPS })
    await api().createTask(namespace, 'held', { schedule: '0 20 * * *', ...SLEEPS })
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await api().annotate(namespace, 'held', { 'rota.dev/hold-until': until })
    expect((await preview([`${namespace}/off`])).out).toContain(
      '  state      Suspended: spec.suspend is true: no new runs\n',
    )
    expect((await preview([`${namespace}/held`])).out).toContain('  state      Held: no scheduled runs until ')
    expect((await told([`${namespace}/off`])).previews[0]?.nextRuns).toEqual([])
  })

  describe('of a manifest', () => {
    test('that was never applied: as the API server would store it, and it stays unapplied', async () => {
      const namespace = await team('preview-file')
      const file = manifest('new', namespace, {
        schedule: '0 20 * * *',
        jitterSeconds: 60,
        serviceAccountName: 'rota',
        operation: { sleep: {} },
      })
      const { status, previews } = await told(['-f', '-'], { input: `# comment\n${file}` })
      expect(previews[0]).toMatchObject({
        task: `${namespace}/new`,
        file: 'standard input:2',
        isInCluster: false,
        plusJitterSeconds: 60,
      })
      expect(previews[0]?.runs[0]?.changes.map(({ says }) => says)).toContain('Deployment/web: replicas 3 → 0')
      expect([status, await api().list('scheduledtasks', namespace)]).toEqual([0, []])
    })

    test('that changes a task: what the task has put to sleep counts, and the other documents are shown as well', async () => {
      const namespace = await team('preview-edit')
      await api().createTask(namespace, 'task', SLEEPS)
      await operate(namespace)
      await ran(namespace, 'task')
      const documents = [
        manifest('task', namespace, { serviceAccountName: 'rota', operation: { sleep: { kinds: ['Deployment'] } } }),
        stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } }),
        manifest('again', namespace, { serviceAccountName: 'rota', operation: { restart: {} } }),
      ]
      const { status, previews } = await told(['-f', '-'], { input: documents.join('---\n') })
      expect(status).toBe(0)
      expect(previews.map(({ task, isInCluster }) => [task, isInCluster])).toEqual([
        [`${namespace}/task`, true],
        [`${namespace}/again`, false],
      ])
      expect(previews[0]?.runs).toMatchObject([
        { operation: 'sleep', changes: [], asleep: { workloads: 1 } },
        { operation: 'wake', changes: [{}, {}, {}] },
      ])
    })

    test('that is wrong: as rota validate says it, and nobody is asked', async () => {
      const head = 'apiVersion: rota.dev/v1alpha1\nkind: ScheduledTask\nmetadata: {name: a}\n'
      const nowhere = { as: '/no/such/kubeconfig', input: `${head}spec:\n  schedul: x\n  operation: {wake: {}}\n` }
      const message = 'is no field of spec: did you mean schedule?'
      const { status, out, err } = await preview(['-f', '-'], nowhere)
      expect({ status, out, err }).toEqual({ status: 1, out: `standard input:5: spec.schedul: ${message}\n`, err: '' })
      const { mistakes, previews } = await told(['-f', '-'], nowhere)
      expect({ mistakes, previews }).toEqual({
        mistakes: [{ file: '-', line: 5, path: 'spec.schedul', message }],
        previews: [],
      })
    })
  })

  test.each([
    ['neither a name nor a file', [], '', 2, 'give one of NAME and -f FILE'],
    ['both', ['task', '-f', '-'], '', 2, 'give one of NAME and -f FILE'],
    ['a file without tasks', ['-f', '-'], 'kind: Service', 1, '-: there is no ScheduledTask in it'],
    [
      'a file of another namespace',
      ['-f', '-', '-n', 'team-b'],
      manifest('a', 'team-a', { operation: { wake: {} } }),
      2,
      'standard input:1: metadata.namespace is team-a, and --namespace=team-b is another one',
    ],
    ['a file that is not there', ['-f', 'gone.yaml'], '', 1, 'gone.yaml: ENOENT'],
    ['a task that is not there', ['gone', '-n', 'default'], '', 1, 'ScheduledTask default/gone does not exist'],
  ] as const)('%s: one line that says so', async (_, words, input, status, message) => {
    const told = await preview(words, { input })
    expect(told).toMatchObject({ status, out: '', err: expect.stringContaining(`rota: ${message}`) })
    expect(told.err.trim().split('\n')).toHaveLength(1)
  })

  test('a cluster that does not answer: one line that says so', async () => {
    const proxy = await startProxy(cluster)
    await proxy.close()
    const { status, out, err } = await preview(['task', '-n', 'default'], { as: proxy.kubeconfig })
    expect([status, out]).toEqual([1, ''])
    expect(err).toMatch(/^rota: the API server did not answer \(get .*\): .*ECONNREFUSED.*\n$/)
  })
})
