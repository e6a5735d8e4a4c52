import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { until } from '../cluster/until.ts'
import { type Api, cronJob, deployment, pausedDeployment, statefulSet } from '../harness/api.ts'
import { apply, createNamespace, sharedCluster } from '../harness/cluster.ts'
import { bench, ended, writesTarget } from '../harness/proxied-operator.ts'
import type { Fate } from '../harness/proxy.ts'

const cluster = sharedCluster()
const KINDS = ['deployments', 'statefulsets', 'cronjobs'] as const

describe('what a run may change', () => {
  const { behind, start, gate, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })

  const create = (namespace: string, ...names: readonly string[]) =>
    Promise.all(names.map(name => api.create('deployments', namespace, pausedDeployment(name, 2))))
  async function requested(namespace: string, name: string, token = '1'): Promise<ScheduledTask> {
    await api.annotate(namespace, name, { 'rota.dev/run': token })
    const handled = ({ status }: ScheduledTask) => status?.handled?.run === token
    return api.untilTask(namespace, name, `ended ${token}`, task => handled(task) && ended(task))
  }
  /** What `off` has put to sleep wakes. */
  async function wokenAfter(namespace: string): Promise<ScheduledTask> {
    await api.annotate(namespace, 'off', { 'rota.dev/wake': '1' })
    return api.untilTask(namespace, 'off', 'woke', ({ status }) => status?.runCount === 2 && !status.activeRun)
  }
  const entry = ({ status }: ScheduledTask) => status?.history?.[0]
  /** The versions that people and Rota have made; a controller's status is of no concern. */
  const marks = async (namespace: string) => {
    const lists = await Promise.all(KINDS.map(kind => api.list(kind, namespace)))
    return lists.flat().map(({ metadata: { name, generation, annotations = {} } }) => {
      const own = Object.entries(annotations).filter(([key]) => !key.startsWith('deployment.kubernetes.io/'))
      return [name, generation, Object.fromEntries(own)] as const
    })
  }
  const written = () =>
    behind()
      .seen.filter(request => writesTarget(request) && !request.url.includes('dryRun='))
      .map(({ url }) => url.replace(/^.*\/([^/?]+)\?.*$/, '$1'))

  describe('maxAffected: a plan that would change more is refused before the first change', () => {
    const operations = {
      sleep: { sleep: {} },
      scale: { scale: { kinds: ['Deployment'], names: ['a', 'b', 'c'], replicas: 5 } },
      restart: { restart: { kinds: ['Deployment'], names: ['a', 'b', 'c'] } },
      patch: {
        patch: {
          kind: 'Deployment',
          names: ['a', 'b', 'c'],
          type: 'Merge',
          patch: '{"metadata":{"labels":{"x":"y"}}}',
        },
      },
    }
    test.each(Object.entries(operations))('%s', async (name, operation) => {
      const namespace = await createNamespace(cluster, `limits-${name}`)
      const names = ['a', 'b', 'c', 'd']
      await Promise.all(names.map(of => api.create('deployments', namespace, deployment(of, 1))))
      await start({ namespaces: [namespace] })
      const before = await marks(namespace)
      const affected = name === 'sleep' ? 4 : 3
      await api.createTask(namespace, 'few', { operation, maxAffected: { objects: 2 } })
      const few = await requested(namespace, 'few')
      expect(entry(few)).toMatchObject({ result: 'Failed', resultReason: 'TooManyAffected', changed: 0, attempts: 1 })
      expect(few.status?.lastMessage).toBe(
        `would change ${affected} objects, and spec.maxAffected.objects is 2: refused as a whole`,
      )
      expect(entry(few)?.output?.split('\n')).toHaveLength(affected)
      expect(entry(few)?.output).toMatch(/^not done: Deployment\/a: /)
      await api.createTask(namespace, 'half', { operation, maxAffected: { percent: 74 } })
      const half = await requested(namespace, 'half')
      expect(half.status?.lastMessage).toBe(
        `would change ${affected} of 4 objects, and spec.maxAffected.percent is 74, which is 2: refused as a whole`,
      )
      expect(written()).toEqual([])
      expect(await marks(namespace)).toEqual(before)
      await api.patch('scheduledtasks', namespace, 'half', { spec: { maxAffected: { percent: affected * 25 } } })
      expect((await requested(namespace, 'half', '2')).status).toMatchObject({ lastResult: 'Succeeded' })
      expect(new Set(written()).size).toBe(affected)
    })

    test('wake: in percent of all objects of its kinds, asleep or not', async () => {
      const namespace = await createNamespace(cluster, 'limits-wake')
      await create(namespace, 'a', 'b', 'c', 'd')
      await start({ namespaces: [namespace] })
      const sleep = { kinds: ['Deployment'], exclude: { names: ['c', 'd'] } }
      await api.createTask(namespace, 'off', { operation: { sleep } })
      await requested(namespace, 'off')
      await api.createTask(namespace, 'on', { operation: { wake: {} }, maxAffected: { percent: 49 } })
      expect((await requested(namespace, 'on')).status?.lastMessage).toBe(
        'would change 2 of 4 objects, and spec.maxAffected.percent is 49, which is 1: refused as a whole',
      )
      await api.patch('scheduledtasks', namespace, 'on', { spec: { maxAffected: { percent: 50 } } })
      expect((await requested(namespace, 'on', '2')).status).toMatchObject({ lastMessage: 'woke 2 Deployments' })
    })

    test("a limit holds no wake of the task's own sleep back", async () => {
      const namespace = await createNamespace(cluster, 'limits-own')
      await create(namespace, 'a', 'b', 'c')
      await start({ namespaces: [namespace] })
      await api.createTask(namespace, 'off', { operation: { sleep: {} } })
      await requested(namespace, 'off')
      await api.patch('scheduledtasks', namespace, 'off', { spec: { maxAffected: { objects: 1 } } })
      const woken = await wokenAfter(namespace)
      expect(woken.status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'woke 3 Deployments' })
    })
  })

  describe('dry run: nothing is changed, and the record says what would be', () => {
    const operations = {
      sleep: [{ sleep: {} }, 'would have slept 1 CronJob, 2 Deployments and 1 StatefulSet'],
      scale: [{ scale: { names: ['a', 'db'], replicas: 7 } }, 'would have scaled 1 Deployment and 1 StatefulSet'],
      restart: [
        { restart: {} },
        'would have restarted 1 StatefulSet; left out: a (its rollout is paused) and b (its rollout is paused)',
      ],
    } as const
    test.each(Object.entries(operations))('%s', async (name, [operation, would]) => {
      const namespace = await createNamespace(cluster, `dry-${name}`)
      await create(namespace, 'a', 'b')
      await api.create('statefulsets', namespace, statefulSet('db', 1))
      await api.create('cronjobs', namespace, cronJob('report'))
      const { facts } = await start({ namespaces: [namespace] })
      const before = await marks(namespace)
      await api.createTask(namespace, 'task', { operation, dryRun: true })
      const task = await requested(namespace, 'task')
      expect(await marks(namespace)).toEqual(before)
      const dryRuns = behind().seen.filter(writesTarget)
      expect(dryRuns.length).toBeGreaterThan(0)
      expect(dryRuns.filter(({ url }) => !url.includes('dryRun=All'))).toEqual([])
      expect(task.status).toMatchObject({
        runCount: 1,
        errorCount: 0,
        lastResult: 'Succeeded',
        lastMessage: `dry run, nothing was changed: ${would}`,
      })
      // One that meets a conflict is asked about again.
      const changed = new Set(dryRuns.map(({ url }) => url)).size
      expect(entry(task)).toMatchObject({ dryRun: true, changed, attempts: 1 })
      expect(entry(task)?.output?.split('\n').length).toBeGreaterThanOrEqual(changed)
      expect(task.status).not.toHaveProperty('lastSuccessfulTime')
      expect(task.status).not.toHaveProperty('sleeping')
      expect(task.metadata.finalizers ?? []).toEqual([])
      expect(facts.filter(({ fact }) => fact === 'Changed')).toEqual([])
    })

    test('a limit is held against it too, and what the API server would refuse is told', async () => {
      const namespace = await createNamespace(cluster, 'dry-limits')
      await create(namespace, 'a', 'b')
      await start({ namespaces: [namespace] })
      const dryRun = { operation: { sleep: {} }, dryRun: true }
      await api.createTask(namespace, 'limited', { ...dryRun, maxAffected: { objects: 1 } })
      expect(entry(await requested(namespace, 'limited'))).toMatchObject({
        resultReason: 'TooManyAffected',
        dryRun: true,
        changed: 0,
      })
      const patch = { kind: 'Deployment', names: ['a'], type: 'Merge', patch: '{"spec":{"replicas":-1}}' }
      await api.createTask(namespace, 'invalid', { operation: { patch }, dryRun: true })
      const invalid = await requested(namespace, 'invalid')
      expect(entry(invalid)).toMatchObject({ result: 'Failed', resultReason: 'Invalid', dryRun: true, changed: 0 })
      expect(invalid.status?.lastMessage).toContain('spec.replicas: Invalid value: -1')
    })
  })

  describe('object by object', () => {
    test('what is refused, invalid or gone keeps nobody else back, and each reason is counted', async () => {
      const namespace = await createNamespace(cluster, 'objects')
      const names = ['deleted', 'edited', 'fine', 'forbidden-1', 'forbidden-2', 'invalid-1', 'invalid-2']
      await create(namespace, ...names)
      await refuseByName(namespace)
      await start({ namespaces: [namespace] })
      const held = gate(request => writesTarget(request) && /deleted|edited/.test(request.url))
      await api.createTask(namespace, 'off', { operation: { sleep: {} } })
      await api.annotate(namespace, 'off', { 'rota.dev/run': '1' })
      await until('both are held', () => held.waiting.length === 2)
      await api.delete('deployments', namespace, 'deleted')
      await until('it is gone', async () => (await api.list('deployments', namespace)).length === names.length - 1)
      await api.patch('deployments', namespace, 'edited', { spec: { replicas: 5 } })
      held.open()
      const task = await api.untilTask(namespace, 'off', 'ended', ended)
      expect(entry(task)).toMatchObject({ result: 'Failed', attempts: 1, changed: 2 })
      expect(task.status?.lastMessage).toMatch(/^2 AdmissionRefused and 2 Invalid: .*; slept 2 Deployments$/s)
      expect(task.status?.lastMessage).toContain(`patch Deployment ${namespace}/forbidden-1 was refused at admission`)
      expect(task.status?.sleeping).toMatchObject({ workloads: 2 })
      const after = await api.list('deployments', namespace)
      expect(Object.fromEntries(after.map(({ metadata, spec }) => [metadata.name, spec.replicas]))).toEqual({
        ...{ edited: 0, fine: 0 },
        ...{ 'forbidden-1': 2, 'forbidden-2': 2, 'invalid-1': 2, 'invalid-2': 2 },
      })
      const kept = after.find(({ metadata }) => metadata.name === 'edited')?.metadata.annotations?.['rota.dev/sleep']
      expect(JSON.parse(kept ?? '{}')).toMatchObject({ from: 5, to: 0 })
    })

    test('429: after the time that the server asks for only what is missing is done', async () => {
      const namespace = await createNamespace(cluster, 'busy')
      await create(namespace, 'a', 'b', 'c')
      const { clock } = await start({ namespaces: [namespace] })
      const busy: Fate = { answer: 429, headers: { 'retry-after': '90' } }
      let asked = 0
      behind().fate = request => (writesTarget(request) && request.url.includes('/b?') && asked++ === 0 ? busy : 'pass')
      await api.createTask(namespace, 'off', { operation: { sleep: {} }, retry: { attempts: 2, delaySeconds: 1 } })
      await api.annotate(namespace, 'off', { 'rota.dev/run': '1' })
      const paused = await api.untilTask(namespace, 'off', 'pauses', ({ status }) => status?.activeRun?.attempt === 2)
      expect(paused.status?.lastMessage).toBe('attempt 1 of 2: the API server is busy (429); slept 2 Deployments')
      const { nextAttemptTime = '' } = paused.status?.activeRun ?? {}
      expect(Date.parse(nextAttemptTime)).toBeGreaterThanOrEqual(clock.now() + 60_000)
      clock.jumpTo(Date.parse(nextAttemptTime) - 100)
      const task = await api.untilTask(namespace, 'off', 'ended', ended)
      expect(task.status).toMatchObject({ lastResult: 'Succeeded', errorCount: 0, sleeping: { workloads: 3 } })
      expect(entry(task)).toMatchObject({ attempts: 2, changed: 3 })
      expect(written().toSorted()).toEqual(['a', 'b', 'b', 'c'])
    })

    test('a cancel falls between two actions: what is done stays done, and nothing is begun after it', async () => {
      const namespace = await createNamespace(cluster, 'between')
      const names = Array.from({ length: 20 }, (_, n) => `app-${n}`)
      await create(namespace, ...names)
      await start({ namespaces: [namespace] })
      const never = Promise.withResolvers<Fate>()
      let writes = 0
      behind().fate = request => (writesTarget(request) && ++writes > 5 ? never.promise : 'pass')
      await api.createTask(namespace, 'off', { operation: { sleep: {} } })
      await api.annotate(namespace, 'off', { 'rota.dev/run': '1' })
      const asleep = async () => (await api.list('deployments', namespace)).filter(({ spec }) => spec.replicas === 0)
      await until('some are done, and others are held', async () => (await asleep()).length > 0 && writes > 5)
      await api.annotate(namespace, 'off', { 'rota.dev/cancel': 'enough' })
      const task = await api.untilTask(namespace, 'off', 'cancelled', ended)
      const begun = new Set(written())
      never.resolve('pass')
      const done = (await asleep()).length
      const changed = `changed ${done} object${done === 1 ? '' : 's'}`
      expect(done).toBeLessThanOrEqual(5)
      expect(task.status?.lastMessage).toBe(`cancelled: requested by enough; ${changed} before it ended`)
      expect(entry(task)).toMatchObject({ result: 'Cancelled', resultReason: 'Requested', changed: done })
      const lines = entry(task)
        ?.output?.split('\n')
        .filter(line => !line.startsWith('not done: '))
      expect(lines).toHaveLength(done)
      const woken = await wokenAfter(namespace)
      expect(woken.status).toMatchObject({
        lastResult: 'Succeeded',
        lastMessage: expect.stringMatching(`^woke ${done} `),
      })
      expect(new Set(written())).toEqual(begun)
      expect(begun.size).toBeLessThanOrEqual(5 + 8)
    })
  })

  /** An admission policy that refuses changes of Deployments by their names. */
  async function refuseByName(namespace: string): Promise<void> {
    const rule = (name: string, reason: string) => ({
      expression: `!object.metadata.name.startsWith('${name}')`,
      message: `this one is ${name}`,
      reason,
    })
    const metadata = { name: namespace }
    const labels = { matchLabels: { 'kubernetes.io/metadata.name': namespace } }
    const apiVersion = 'admissionregistration.k8s.io/v1'
    await apply(cluster, [
      {
        apiVersion,
        kind: 'ValidatingAdmissionPolicy',
        metadata,
        spec: {
          matchConstraints: {
            namespaceSelector: labels,
            resourceRules: [
              { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] },
            ],
          },
          validations: [rule('forbidden', 'Forbidden'), rule('invalid', 'Invalid')],
        },
      },
      {
        apiVersion,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata,
        spec: { policyName: namespace, validationActions: ['Deny'] },
      },
    ])
    const policy = ['validatingadmissionpolicy', 'validatingadmissionpolicybinding']
    onTestFinished(async () => void (await cluster.kubectl(['delete', policy.join(','), namespace])))
    const annotate = ['annotate', 'deployment', 'invalid-1', 'a=b', '-n', namespace, '--overwrite']
    await until('the policy is in force', async () => (await cluster.tryKubectl(annotate)).code !== 0)
  }
})
