import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { rfc3339 } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { type OperatorOptions, startOperator, type TestOperator } from '../harness/operator.ts'
import { type Fate, type FaultProxy, type Passing, startProxy } from '../harness/proxy.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const cluster = sharedCluster()
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('runs', () => {
  let api: Api
  let operator: TestOperator | undefined
  let proxy: FaultProxy | undefined

  beforeAll(async () => {
    api = await apiOf(cluster)
  })
  afterEach(async () => {
    await operator?.stop()
    await proxy?.close()
    operator = undefined
    proxy = undefined
  })

  async function start(options: Omit<OperatorOptions, 'kubeconfig'>): Promise<TestOperator> {
    proxy = await startProxy(cluster)
    operator = await startOperator({ kubeconfig: proxy.kubeconfig, ...options })
    return operator
  }
  const behind = () => proxy as FaultProxy
  const writesTarget = ({ method, as }: Passing) => method === 'PATCH' && as !== ''
  const ended = ({ status }: ScheduledTask) => status?.lastResult !== undefined && !status.activeRun
  const run = (namespace: string, name: string, token: string) =>
    api.annotate(namespace, name, { 'rota.dev/run': token })
  const restart = (name = 'web') => ({ operation: { restart: { names: [name] } } })
  async function team(prefix: string): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    await api.create('deployments', namespace, deployment('web', 1))
    return namespace
  }
  /** A gate that holds back what is being written on targets until it is opened. */
  function gate() {
    const waiting: Passing[] = []
    let open: () => void = () => undefined
    const opened = new Promise<void>(resolve => {
      open = resolve
    })
    behind().fate = async (request): Promise<Fate> => {
      if (!writesTarget(request)) return 'pass'
      waiting.push(request)
      await opened
      return 'pass'
    }
    return { waiting, open: () => open() }
  }

  test('basic execution: a slot comes due, the run is claimed, carried out as the account, and recorded', async () => {
    const namespace = await team('basic')
    const slot = (Math.floor(Date.now() / MINUTE) + 60) * MINUTE
    const { clock, facts } = await start({ namespaces: [namespace], start: slot - 2 * MINUTE })
    const minute = new Date(slot).getUTCMinutes()
    await api.createTask(namespace, 'hourly', { schedule: `${minute} * * * *`, costCenter: 'cc-1', ...restart() })
    const before = await api.untilTask(namespace, 'hourly', 'observed', ({ status }) => status?.phase === 'Scheduled')
    expect(before.status).toMatchObject({ nextRunTime: rfc3339(slot), runCount: 0, errorCount: 0 })
    clock.jumpTo(slot - 300)
    const { status } = await api.untilTask(namespace, 'hourly', 'ran', ended)
    expect(status).toMatchObject({
      runCount: 1,
      lastResult: 'Succeeded',
      lastMessage: 'restarted 1 Deployment',
      lastSlotTime: rfc3339(slot),
      nextRunTime: rfc3339(slot + 60 * MINUTE),
    })
    expect(status?.history).toHaveLength(1)
    expect(status?.history?.[0]).toMatchObject({ reason: 'Schedule', slotTime: rfc3339(slot), costCenter: 'cc-1' })
    const web = await api.get('deployments', namespace, 'web')
    expect(web.spec.template?.metadata?.annotations?.['kubectl.kubernetes.io/restartedAt']).toBe(rfc3339(slot))
    expect(
      behind()
        .seen.filter(writesTarget)
        .map(({ as }) => as),
    ).toEqual([`system:serviceaccount:${namespace}:rota`])
    expect(facts.map(({ fact }) => fact).filter(fact => !['Requested', 'Changed'].includes(fact))).toEqual([
      'Submitted',
      'Claimed',
      'Attempting',
      'Attempted',
      'Ended',
    ])
  })

  test('a request runs once: the same token again does nothing, and no slot is moved', async () => {
    const namespace = await team('request')
    await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'task', { schedule: '0 0 1 1 *', suspend: true, ...restart() })
    await run(namespace, 'task', 'one')
    const first = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(first.status).toMatchObject({
      runCount: 1,
      handled: { run: 'one' },
      phase: 'Suspended',
      lastResult: 'Succeeded',
    })
    expect(first.status?.lastSlotTime).toBeUndefined()
    await api.annotate(namespace, 'task', { 'rota.dev/run': null })
    await run(namespace, 'task', 'one')
    await run(namespace, 'task', 'two')
    const second = await api.untilTask(
      namespace,
      'task',
      'ran again',
      ({ status }) => status?.handled?.run === 'two' && !status.activeRun,
    )
    expect(second.status).toMatchObject({ runCount: 2 })
  })

  test('concurrent execution: runs in different namespaces go side by side', async () => {
    const namespaces = await Promise.all(['side-a', 'side-b', 'side-c'].map(team))
    await start({ namespaces })
    const held = gate()
    for (const namespace of namespaces) {
      await api.createTask(namespace, 'task', restart())
      await run(namespace, 'task', '1')
    }
    await until(
      'all three are writing',
      () => held.waiting.length,
      n => n === 3,
    )
    held.open()
    for (const namespace of namespaces) await api.untilTask(namespace, 'task', 'ran', ended)
  })

  test('worker limit: not more attempts at once than workers; the others follow', async () => {
    const namespaces = await Promise.all(['limit-a', 'limit-b', 'limit-c', 'limit-d'].map(team))
    const { port } = await start({ namespaces, flags: { 'max-task-workers': '2' } })
    const held = gate()
    for (const namespace of namespaces) {
      await api.createTask(namespace, 'task', restart())
      await run(namespace, 'task', '1')
    }
    await until('two are writing, two wait for a worker', async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      return (
        held.waiting.length === 2 &&
        metrics.includes('rota_queue_depth 2') &&
        metrics.includes('rota_workers{state="busy"} 2')
      )
    })
    held.open()
    for (const namespace of namespaces) await api.untilTask(namespace, 'task', 'ran', ended)
    expect(new Set(held.waiting.map(({ url }) => url)).size).toBe(4)
  })

  test('one namespace after the other: two tasks on the same namespace never overlap, and who waits says so', async () => {
    const namespace = await team('line')
    await api.create('deployments', namespace, deployment('api', 1))
    const { clock } = await start({ namespaces: [namespace] })
    const held = gate()
    await api.createTask(namespace, 'first', restart('web'))
    await api.createTask(namespace, 'second', restart('api'))
    await run(namespace, 'first', '1')
    await until(
      'the first is writing',
      () => held.waiting.length,
      n => n === 1,
    )
    await run(namespace, 'second', '1')
    const waiting = await inHaste(clock, () =>
      api.untilTask(namespace, 'second', 'waits', ({ status }) => status?.phase === 'Waiting'),
    )
    expect(waiting.status?.lastMessage).toBe(`waiting: ${namespace} is busy with ${namespace}/first`)
    expect(held.waiting).toHaveLength(1)
    held.open()
    await api.untilTask(namespace, 'second', 'ran', ended)
  })

  test('already running: a slot that comes due meanwhile is skipped, a request waits for the end', async () => {
    const namespace = await team('overlap')
    const slot = (Math.floor(Date.now() / HOUR) + 2) * HOUR
    const { clock } = await start({ namespaces: [namespace], start: slot - MINUTE })
    const held = gate()
    const schedule = `0,1 ${new Date(slot).getUTCHours()} * * *`
    await api.createTask(namespace, 'task', { schedule, timeoutSeconds: 600, ...restart() })
    await api.untilTask(namespace, 'task', 'observed', ({ status }) => status?.phase === 'Scheduled')
    clock.jumpTo(slot - 200)
    await until(
      'it is writing',
      () => held.waiting.length,
      n => n === 1,
    )
    clock.jumpTo(slot + MINUTE - 200)
    const skipped = await api.untilTask(namespace, 'task', 'skipped', ({ status }) => status?.lastResult === 'Skipped')
    expect(skipped.status?.history?.[0]).toMatchObject({
      result: 'Skipped',
      resultReason: 'Overlap',
      slotTime: rfc3339(slot + MINUTE),
    })
    expect(skipped.status).toMatchObject({ phase: 'Running', runCount: 1 })
    await run(namespace, 'task', 'now')
    held.open()
    const both = await api.untilTask(
      namespace,
      'task',
      'ran twice',
      ({ status }) => status?.handled?.run === 'now' && !status.activeRun,
    )
    expect(both.status).toMatchObject({ runCount: 2, errorCount: 0 })
    expect(both.status?.history?.map(({ result, reason }) => `${result} ${reason}`)).toEqual([
      'Succeeded Request',
      'Succeeded Schedule',
      'Skipped Schedule',
    ])
  })

  test('retry: what can get better is tried again after the pause, as often as the spec allows', async () => {
    const namespace = await team('retry')
    const { clock, lines } = await start({ namespaces: [namespace] })
    let failures = 0
    behind().fate = request => (writesTarget(request) && failures++ < 2 ? { answer: 503 } : 'pass')
    const retry = { attempts: 3, delaySeconds: 60, backoff: 'Exponential' }
    await api.createTask(namespace, 'task', { retry, ...restart() })
    await run(namespace, 'task', '1')
    const paused = await api.untilTask(namespace, 'task', 'pauses', ({ status }) => status?.activeRun?.attempt === 2)
    const { nextAttemptTime = '', startTime = '' } = paused.status?.activeRun ?? {}
    expect(paused.status?.lastMessage).toContain('attempt 1 of 3')
    const pause = Date.parse(nextAttemptTime) - Date.parse(startTime)
    expect(pause).toBeGreaterThanOrEqual(60_000)
    expect(pause).toBeLessThan(60_000 * 1.2 + 5000)
    clock.jumpTo(Date.parse(nextAttemptTime) - 100)
    const again = await api.untilTask(
      namespace,
      'task',
      'pauses again',
      ({ status }) => status?.activeRun?.attempt === 3,
    )
    clock.jumpTo(Date.parse(again.status?.activeRun?.nextAttemptTime ?? '') - 100)
    const { status } = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
    expect(status?.history?.[0]).toMatchObject({ attempts: 3 })
    const text = lines.join('')
    for (const seed of [
      'task submitted to pool',
      'executing (attempt 1/3)',
      'executing (attempt 3/3)',
      'completed in ',
    ]) {
      expect(text).toContain(seed)
    }
  })

  test('retry: a Retry-After of the server is a lower bound of the pause', async () => {
    const namespace = await team('retry-after')
    await start({ namespaces: [namespace] })
    behind().fate = request => (writesTarget(request) ? { answer: 429, headers: { 'retry-after': '120' } } : 'pass')
    await api.createTask(namespace, 'task', { retry: { attempts: 2, delaySeconds: 1 }, ...restart() })
    await run(namespace, 'task', '1')
    const { status } = await api.untilTask(namespace, 'task', 'pauses', task => task.status?.activeRun?.attempt === 2)
    const { nextAttemptTime = '', startTime = '' } = status?.activeRun ?? {}
    expect(Date.parse(nextAttemptTime) - Date.parse(startTime)).toBeGreaterThanOrEqual(120_000)
  })

  test('what cannot get better is not retried: names that do not exist', async () => {
    const namespace = await team('final')
    const { lines } = await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'task', { ...restart('nobody') })
    await run(namespace, 'task', '1')
    const { status } = await api.untilTask(namespace, 'task', 'failed', ended)
    expect(status).toMatchObject({ lastResult: 'Failed', errorCount: 1, consecutiveFailures: 1 })
    expect(status?.history?.[0]).toMatchObject({ attempts: 1, resultReason: 'NotFound' })
    expect(status?.lastMessage).toBe('there is no Deployment or StatefulSet or DaemonSet named nobody')
    expect(lines.join('')).toMatch(/failed after \d+\.\d\d s with error: there is no/)
  })

  test('timeout: an attempt ends at its time, and the run says so', async () => {
    const namespace = await team('timeout')
    const { clock } = await start({ namespaces: [namespace] })
    const held = gate()
    await api.createTask(namespace, 'task', { timeoutSeconds: 30, retry: { attempts: 1 }, ...restart() })
    await run(namespace, 'task', '1')
    await until(
      'it is writing',
      () => held.waiting.length,
      n => n === 1,
    )
    clock.jumpTo(clock.now() + 31_000)
    const { status } = await api.untilTask(namespace, 'task', 'timed out', ended)
    expect(status).toMatchObject({
      lastResult: 'TimedOut',
      errorCount: 1,
      lastMessage: 'not done within 30 s: 0 objects changed',
    })
    held.open()
  })

  test('cancel: ends the active run, is answered once, and what was changed stays', async () => {
    const namespace = await team('cancel')
    await api.create('deployments', namespace, deployment('api', 1))
    await start({ namespaces: [namespace] })
    const stuck: string[] = []
    behind().fate = async ({ method, as, url }): Promise<Fate> => {
      if (method !== 'PATCH' || as === '' || url.includes('/deployments/api')) return 'pass'
      stuck.push(url)
      await new Promise(() => undefined)
      return 'pass'
    }
    await api.createTask(namespace, 'task', { operation: { scale: { names: ['web', 'api'], replicas: 4 } } })
    await run(namespace, 'task', '1')
    await until(
      'one is done, one is stuck',
      async () => stuck.length === 1 && (await api.get('deployments', namespace, 'api')).spec.replicas === 4,
    )
    await api.annotate(namespace, 'task', { 'rota.dev/cancel': 'enough' })
    const { status } = await api.untilTask(namespace, 'task', 'cancelled', ended)
    expect(status).toMatchObject({
      lastResult: 'Cancelled',
      handled: { run: '1', cancel: 'enough' },
      errorCount: 0,
      runCount: 1,
    })
    expect(status?.history?.[0]).toMatchObject({ resultReason: 'Requested', changed: 1 })
    expect((await api.get('deployments', namespace, 'web')).spec.replicas).toBe(1)
    expect((await api.get('deployments', namespace, 'api')).spec.replicas).toBe(4)
  })

  test('a cancel that names another run does not touch the active one', async () => {
    const namespace = await team('cancel-other')
    await start({ namespaces: [namespace] })
    const held = gate()
    await api.createTask(namespace, 'task', restart())
    await run(namespace, 'task', '1')
    await until(
      'it is writing',
      () => held.waiting.length,
      n => n === 1,
    )
    await api.annotate(namespace, 'task', { 'rota.dev/cancel': '0123456789abcdef' })
    await api.untilTask(namespace, 'task', 'answered', ({ status }) => status?.handled?.cancel === '0123456789abcdef')
    held.open()
    const { status } = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(status?.lastResult).toBe('Succeeded')
  })

  test('an edit of the operation ends the active run; an edit of the title does not', async () => {
    const namespace = await team('edit')
    await start({ namespaces: [namespace] })
    const held = gate()
    await api.createTask(namespace, 'task', restart())
    await run(namespace, 'task', '1')
    await until(
      'it is writing',
      () => held.waiting.length,
      n => n === 1,
    )
    await api.patch('scheduledtasks', namespace, 'task', { spec: { title: 'a title' } })
    await api.untilTask(namespace, 'task', 'observed', ({ status }) => status?.observedGeneration === 2)
    expect((await api.task(namespace, 'task')).status?.phase).toBe('Running')
    await api.patch('scheduledtasks', namespace, 'task', { spec: { serviceAccountName: 'default' } })
    const { status } = await api.untilTask(namespace, 'task', 'cancelled', ended)
    expect(status?.history?.[0]).toMatchObject({ result: 'Cancelled', resultReason: 'SpecChanged' })
    held.open()
  })

  test('cleanup of finished runs: history keeps its limit, and the pool forgets what has ended', async () => {
    const namespace = await team('cleanup')
    const { clock, lines } = await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'task', { historyLimit: 2, ...restart() })
    for (const token of ['1', '2', '3']) {
      await run(namespace, 'task', token)
      await api.untilTask(
        namespace,
        'task',
        `ran ${token}`,
        ({ status }) => status?.handled?.run === token && !status.activeRun,
      )
    }
    const { status } = await api.task(namespace, 'task')
    expect(status?.history).toHaveLength(2)
    expect(status?.runCount).toBe(3)
    clock.jumpTo(clock.now() + 2 * MINUTE)
    await until(
      'cleaned',
      () => lines.join(''),
      text => text.includes('periodic cleanup removed 1'),
    )
  })

  test('an answer that is lost after the write was done: nothing is done or counted twice', async () => {
    const namespace = await team('lost')
    const { clock } = await start({ namespaces: [namespace] })
    const lost = new Set<string>()
    behind().fate = ({ method, url, as }) => {
      const kind = method === 'PUT' ? 'status' : method === 'PATCH' && as !== '' ? 'target' : ''
      if (kind === '' || lost.has(kind) || url.includes('leases')) return 'pass'
      // The first claim and the first change of a target are carried out, but nobody hears of it.
      if (kind === 'status' && !proxyBody(url)) return 'pass'
      lost.add(kind)
      return 'lose'
    }
    const proxyBody = (url: string) => behind().seen.some(seen => seen.url === url && seen.body.includes('"activeRun"'))
    await api.createTask(namespace, 'task', { retry: { attempts: 3, delaySeconds: 1 }, ...restart() })
    await run(namespace, 'task', '1')
    const { status } = await inHaste(clock, () => api.untilTask(namespace, 'task', 'ran', ended))
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
    expect(status?.history?.[0]).toMatchObject({ changed: 1 })
    expect([...lost].sort()).toEqual(['status', 'target'])
    expect((await api.get('deployments', namespace, 'web')).metadata.generation).toBe(2)
  })
})
