import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rfc3339 } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, cronJob, deployment, statefulSet } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'

const cluster = sharedCluster()
const SLEEP = 'rota.dev/sleep'
const FINALIZER = 'rota.dev/wake'
const HOUR = 3600_000

describe('sleep and wake', () => {
  let api: Api
  let operator: TestOperator | undefined
  const stop = async () => {
    await operator?.stop()
    operator = undefined
  }
  /** Slots lie ahead of the real time in which the tasks are made; the operators' clocks start just before them. */
  const evening = (Math.floor(Date.now() / HOUR) + 2) * HOUR
  const morning = evening + 11 * HOUR
  const daily = (at: number, minute = 0) => `${minute} ${new Date(at).getUTCHours()} * * *`
  const nightly = { schedule: daily(evening), operation: { sleep: { wakeSchedule: daily(morning) } } }

  beforeAll(async () => {
    api = await apiOf(cluster)
  })
  afterAll(stop)

  async function team(prefix: string): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    await Promise.all([
      api.create('deployments', namespace, deployment('web', 3)),
      api.create('deployments', namespace, deployment('off', 0)),
      api.create('statefulsets', namespace, statefulSet('db', 2)),
      api.create('cronjobs', namespace, cronJob('report')),
      api.create('cronjobs', namespace, cronJob('paused', true)),
    ])
    return namespace
  }
  const levels = async (namespace: string) => {
    const [deployments, sets, jobs] = await Promise.all([
      api.list('deployments', namespace),
      api.list('statefulsets', namespace),
      api.list('cronjobs', namespace),
    ])
    const all = [...deployments, ...sets, ...jobs].map(({ metadata, spec }) => [
      metadata.name,
      spec.replicas ?? spec.suspend,
    ])
    return Object.fromEntries(all) as Record<string, number | boolean>
  }
  const succeeded = (namespace: string, name: string) =>
    api.untilTask(namespace, name, 'succeeded', ({ status }) => status?.lastResult === 'Succeeded')
  const ran = (namespace: string, name: string, times: number) =>
    api.untilTask(
      namespace,
      name,
      `ran ${times} times`,
      ({ status }) => status?.runCount === times && !status.activeRun,
    )
  const awake = { web: 3, off: 0, db: 2, report: false, paused: true }
  const asleep = { web: 0, off: 0, db: 0, report: true, paused: true }

  /** Clocks only go forward: each test has an operator whose clock begins in the evening of the same day. */
  async function from(start: number, namespaces: readonly string[]): Promise<TestOperator> {
    await stop()
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces, start })
    return operator
  }

  test('a night: asleep in the evening with what was there kept on the objects, awake in the morning as before', async () => {
    const namespace = await team('night')
    const { clock } = await from(evening - 2000, [namespace])
    await api.createTask(namespace, 'nights-off', nightly)

    const slept = await succeeded(namespace, 'nights-off')
    expect(await levels(namespace)).toEqual(asleep)
    expect(slept.metadata.finalizers).toEqual([FINALIZER])
    expect(slept.status).toMatchObject({
      phase: 'Scheduled',
      runCount: 1,
      errorCount: 0,
      lastSlotTime: rfc3339(evening),
      nextRunTime: rfc3339(morning),
      lastMessage: 'slept 1 CronJob, 1 Deployment and 1 StatefulSet; 2 already so',
      sleeping: { namespaces: [namespace], workloads: 3 },
    })
    expect(slept.status?.history?.[0]).toMatchObject({
      command: `sleep namespace/${namespace}`,
      changed: 3,
      attempts: 1,
    })
    const web = await api.get('deployments', namespace, 'web')
    const kept = JSON.parse(web.metadata.annotations?.[SLEEP] ?? '{}') as object
    expect(kept).toMatchObject({
      v: 1,
      uid: web.metadata.uid,
      from: 3,
      to: 0,
      holders: [{ task: `${namespace}/nights-off` }],
    })
    expect(web.metadata.annotations?.['rota.dev/last-run']).toBe(slept.status?.history?.[0]?.id)

    clock.jumpTo(morning - 500)
    const woken = await ran(namespace, 'nights-off', 2)
    expect(await levels(namespace)).toEqual(awake)
    expect(woken.status?.lastResult).toBe('Succeeded')
    expect(woken.status?.sleeping).toBeUndefined()
    const restored = await api.get('deployments', namespace, 'web')
    expect(restored.metadata.annotations?.[SLEEP]).toBeUndefined()
    await api.untilTask(namespace, 'nights-off', 'let go', ({ metadata }) => !metadata.finalizers)
  })

  test('what is excluded stays awake, and what is selected no longer wakes all the same', async () => {
    const namespace = await team('choice')
    await from(evening - 2000, [namespace])
    await api.patch('statefulsets', namespace, 'db', { metadata: { labels: { tier: 'data' } } })
    const exclude = { names: ['report'], selector: { matchLabels: { tier: 'data' } } }
    await api.createTask(namespace, 'task', { operation: { sleep: { exclude } } })
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    await succeeded(namespace, 'task')
    expect(await levels(namespace)).toEqual({ ...awake, web: 0 })
    const selector = { matchLabels: { tier: 'data' } }
    await api.patch('scheduledtasks', namespace, 'task', {
      spec: { operation: { sleep: { exclude: null, selector } } },
    })
    await api.annotate(namespace, 'task', { 'rota.dev/wake': '1' })
    await ran(namespace, 'task', 2)
    expect(await levels(namespace)).toEqual(awake)
  })

  test('an outage over the wake slot: wakes on recovery, not the next day', async () => {
    const namespace = await team('outage')
    await from(evening - 2000, [namespace])
    await api.createTask(namespace, 'nights-off', nightly)
    await succeeded(namespace, 'nights-off')
    await from(morning + 3 * HOUR, [namespace])
    const woken = await ran(namespace, 'nights-off', 2)
    expect(await levels(namespace)).toEqual(awake)
    expect(woken.status).toMatchObject({ lastSlotTime: rfc3339(morning), missedCount: 0 })
  })

  test("others' edits win: what was scaled in its sleep stays, what was scaled in between wakes as it was", async () => {
    const namespace = await team('edits')
    const { clock } = await from(evening - 2000, [namespace])
    await api.createTask(namespace, 'nights-off', nightly)
    await succeeded(namespace, 'nights-off')
    await api.patch('deployments', namespace, 'web', { spec: { replicas: 5 } })
    clock.jumpTo(morning - 500)
    const woken = await ran(namespace, 'nights-off', 2)
    expect(await levels(namespace)).toEqual({ ...awake, web: 5 })
    expect(woken.status?.lastMessage).toContain('web (changed to replicas 5 in its sleep: left so)')
    expect((await api.get('deployments', namespace, 'web')).metadata.annotations?.[SLEEP]).toBeUndefined()
    await api.patch('statefulsets', namespace, 'db', { spec: { replicas: 7 } })
    clock.jumpTo(evening + 24 * HOUR - 500)
    await ran(namespace, 'nights-off', 3)
    clock.jumpTo(morning + 24 * HOUR - 500)
    await ran(namespace, 'nights-off', 4)
    expect(await levels(namespace)).toEqual({ ...awake, web: 5, db: 7 })
  })

  test('sleep twice keeps the first count; a wake task ends everybody’s sleep', async () => {
    const namespace = await team('twice')
    await from(Date.now(), [namespace])
    await api.createTask(namespace, 'off', { operation: { sleep: {} } })
    await api.createTask(namespace, 'on', { operation: { wake: {} } })
    for (const [n, token] of ['first', 'second'].entries()) {
      await api.annotate(namespace, 'off', { 'rota.dev/run': token })
      await ran(namespace, 'off', n + 1)
      expect(await levels(namespace)).toEqual(asleep)
    }
    await api.annotate(namespace, 'on', { 'rota.dev/run': 'now' })
    await succeeded(namespace, 'on')
    expect(await levels(namespace)).toEqual(awake)
  })

  test('two sleepers on one namespace: it wakes when neither wants it asleep', async () => {
    const namespace = await team('holders')
    const { clock } = await from(evening - 2000, [namespace])
    await api.createTask(namespace, 'early', nightly)
    const late = { sleep: { wakeSchedule: daily(morning + 2 * HOUR) } }
    await api.createTask(namespace, 'late', { schedule: daily(evening, 30), operation: late })
    await succeeded(namespace, 'early')
    clock.jumpTo(evening + 30 * 60_000 - 500)
    await succeeded(namespace, 'late')
    clock.jumpTo(morning - 500)
    const early = await ran(namespace, 'early', 2)
    expect(await levels(namespace)).toEqual(asleep)
    expect(early.status?.lastMessage).toContain(`still held asleep by ${namespace}/late`)
    clock.jumpTo(morning + 2 * HOUR - 500)
    await ran(namespace, 'late', 2)
    expect(await levels(namespace)).toEqual(awake)
  })

  test('a task that is deleted while its namespace sleeps wakes it and then goes', async () => {
    const namespace = await team('deleted')
    await from(evening - 2000, [namespace])
    await api.createTask(namespace, 'nights-off', nightly)
    await succeeded(namespace, 'nights-off')
    await api.delete('scheduledtasks', namespace, 'nights-off')
    await until('the task is gone', async () => (await api.list('scheduledtasks', namespace)).length === 0)
    expect(await levels(namespace)).toEqual(awake)
  })

  test('a task that is deleted when its account has lost its rights is let go with a warning', async () => {
    const namespace = await team('let-go')
    const { facts } = await from(evening - 2000, [namespace])
    await api.createTask(namespace, 'nights-off', nightly)
    await succeeded(namespace, 'nights-off')
    await cluster.kubectl(['delete', 'rolebinding', 'rota', '-n', namespace])
    await until('the right is gone', async () => {
      const as = `system:serviceaccount:${namespace}:rota`
      const answer = await cluster.tryKubectl(['auth', 'can-i', 'patch', 'deployments', '-n', namespace, '--as', as])
      return answer.stdout.trim() === 'no'
    })
    await api.delete('scheduledtasks', namespace, 'nights-off')
    await until('the task is gone', async () => (await api.list('scheduledtasks', namespace)).length === 0)
    expect(facts.some(fact => fact.fact === 'LetGo' && fact.message.includes('may not list deployments.apps'))).toBe(
      true,
    )
    expect(await levels(namespace)).toEqual(asleep)
  })

  test('an edit that drops a namespace wakes what is no longer covered, and only that', async () => {
    const [home, other] = [await team('home'), await team('other')]
    await bindToHome(other, home)
    await from(evening - 2000, [home])
    await api.createTask(home, 'nights-off', { ...nightly, target: { namespaces: [home, other] } })
    await succeeded(home, 'nights-off')
    expect([await levels(home), await levels(other)]).toEqual([asleep, asleep])
    await api.patch('scheduledtasks', home, 'nights-off', { spec: { target: { namespaces: [home] } } })
    const edited = await ran(home, 'nights-off', 2)
    expect([await levels(home), await levels(other)]).toEqual([asleep, awake])
    expect(edited.status?.sleeping?.namespaces).toEqual([home])
  })

  test('unsuspending at noon: the newest slot is the wake, so it wakes now', async () => {
    const namespace = await team('noon')
    const { clock } = await from(evening - 2000, [namespace])
    await api.createTask(namespace, 'nights-off', nightly)
    await succeeded(namespace, 'nights-off')
    await api.patch('scheduledtasks', namespace, 'nights-off', { spec: { suspend: true } })
    await api.untilTask(namespace, 'nights-off', 'suspended', ({ status }) => status?.phase === 'Suspended')
    clock.jumpTo(morning + 5 * HOUR)
    expect(await levels(namespace)).toEqual(asleep)
    await api.patch('scheduledtasks', namespace, 'nights-off', { spec: { suspend: false } })
    await ran(namespace, 'nights-off', 2)
    expect(await levels(namespace)).toEqual(awake)
  })

  test('a task that is restored from a backup without its status, while its namespace sleeps: wakes in the morning', async () => {
    const namespace = await team('backup')
    const { clock } = await from(evening - 2000, [namespace])
    await api.createTask(namespace, 'nights-off', nightly)
    await succeeded(namespace, 'nights-off')
    await stop()
    await api.patch('scheduledtasks', namespace, 'nights-off', { metadata: { finalizers: null } })
    await api.delete('scheduledtasks', namespace, 'nights-off')
    // Suspended at first: its creation time is the real one, before the evening, which would be owed otherwise.
    await api.createTask(namespace, 'nights-off', { ...nightly, suspend: true })
    const restored = await from(clock.now() + 1000, [namespace])
    await api.untilTask(namespace, 'nights-off', 'suspended', ({ status }) => status?.phase === 'Suspended')
    await api.patch('scheduledtasks', namespace, 'nights-off', { spec: { suspend: false } })
    await api.untilTask(namespace, 'nights-off', 'seen', ({ status }) => status?.nextRunTime === rfc3339(morning))
    expect(await levels(namespace)).toEqual(asleep)
    restored.clock.jumpTo(morning - 500)
    await ran(namespace, 'nights-off', 1)
    expect(await levels(namespace)).toEqual(awake)
  })

  /** Lets the account of `home` work in `namespace`. */
  async function bindToHome(namespace: string, home: string): Promise<void> {
    const subject = `--serviceaccount=${home}:rota`
    await cluster.kubectl(['create', 'rolebinding', 'from-home', '-n', namespace, '--role=rota', subject])
  }
})
