import { beforeAll, describe, expect, test } from 'vitest'
import { rfc3339 } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { type Api, deployment } from '../harness/api.ts'
import { sharedCluster } from '../harness/cluster.ts'
import { bench, ended, restart, writesTarget } from '../harness/proxied-operator.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const cluster = sharedCluster()
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('runs', () => {
  const { behind, start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const run = (namespace: string, name: string, token: string) =>
    api.annotate(namespace, name, { 'rota.dev/run': token })

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

  test('a status stays small: of what does not fit the oldest texts go, and the newest record keeps its own', async () => {
    const namespace = await team('small')
    await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'task', { historyLimit: 20, ...restart() })
    const { status } = await api.untilTask(namespace, 'task', 'is observed', task => task.status?.phase === 'Idle')
    const history = Array.from({ length: 20 }, (_, n) => {
      const time = rfc3339(Date.UTC(2026, 0, 31 - n))
      const text = { output: 'o'.repeat(900), error: 'e'.repeat(900) }
      return { id: `${n}`, operation: 'restart', reason: 'Schedule', slotTime: time, result: 'Failed', ...text }
    })
    const patch = JSON.stringify({ status: { ...status, history } })
    await cluster.kubectl([
      ...['patch', 'scheduledtask', 'task', '-n', namespace],
      ...['--subresource=status', '--type=merge', '-p', patch],
    ])
    await run(namespace, 'task', '1')
    const ran = await api.untilTask(
      namespace,
      'task',
      'ran',
      ({ status }) => status?.handled?.run === '1' && !status.activeRun,
    )
    const [newest, ...older] = ran.status?.history ?? []
    expect(newest).toMatchObject({ reason: 'Request', result: 'Succeeded', output: expect.stringContaining('web') })
    expect(older).toHaveLength(19)
    expect(older.filter(({ output }) => output !== undefined)).toEqual([])
    const texts = older.map(({ error }) => error !== undefined)
    expect(texts).toEqual(texts.toSorted().reverse())
    expect(texts).toContain(false)
    expect(Buffer.byteLength(JSON.stringify(ran.status))).toBeLessThan(16 * 1024)
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
})
