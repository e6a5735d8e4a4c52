import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { type Api, deployment } from '../harness/api.ts'
import { bench, ended, restart, writesTarget } from '../harness/proxied-operator.ts'
import type { Fate } from '../harness/proxy.ts'
import { inHaste } from '../harness/shifted-clock.ts'

describe('attempts', () => {
  const { behind, start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const run = (namespace: string, name: string, token: string) =>
    api.annotate(namespace, name, { 'rota.dev/run': token })

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
    await until(
      'each step is in the log',
      () => lines.join(''),
      text =>
        ['task submitted to pool', 'executing (attempt 1/3)', 'executing (attempt 3/3)', 'completed in '].every(step =>
          text.includes(step),
        ),
    )
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
    await api.createTask(namespace, 'task', { retry: { attempts: 2, delaySeconds: 1 }, ...restart('nobody') })
    await run(namespace, 'task', '1')
    const { status } = await api.untilTask(namespace, 'task', 'failed', ended)
    expect(status).toMatchObject({ lastResult: 'Failed', errorCount: 1, consecutiveFailures: 1 })
    expect(status?.history?.[0]).toMatchObject({ attempts: 1, resultReason: 'NotFound' })
    expect(status?.lastMessage).toBe('there is no Deployment or StatefulSet or DaemonSet named nobody')
    await until(
      'the failure is in the log',
      () => lines.join(''),
      text => /failed after \d+\.\d\d s with error: there is no/.test(text),
    )
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
      lastMessage: 'not done within 30 s: changed 0 objects',
    })
    held.open()
  })

  test('timeout: nothing is written after it, however slow the API server is', async () => {
    const namespace = await team('timeout-slow')
    await start({ namespaces: [namespace] })
    behind().fate = request => (writesTarget(request) ? { delay: 3000 } : 'pass')
    await api.createTask(namespace, 'task', { timeoutSeconds: 1, retry: { attempts: 1 }, ...restart() })
    await run(namespace, 'task', '1')
    const { status } = await api.untilTask(namespace, 'task', 'timed out', ended)
    expect(status).toMatchObject({ lastResult: 'TimedOut', lastMessage: 'not done within 1 s: changed 0 objects' })
  })

  test('cancel: ends the active run, is answered once, and what was changed stays', async () => {
    const namespace = await team('cancel')
    await api.create('deployments', namespace, deployment('api', 1))
    // Its controller has written its last: a conflict would have the run wait for what is stuck.
    await until('api is settled', async () => {
      const { status } = (await api.get('deployments', namespace, 'api')) as { status?: { readyReplicas?: number } }
      return status?.readyReplicas === 1
    })
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
