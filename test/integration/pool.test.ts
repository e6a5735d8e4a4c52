import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import type { Api } from '../harness/api.ts'
import { bench, ended, restart, writesTarget } from '../harness/proxied-operator.ts'

describe('the pool', () => {
  const { behind, start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const teams = (count: number, prefix: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => team(`${prefix}-${index}`)))
  const ask = async (namespaces: readonly string[]) => {
    for (const namespace of namespaces) {
      await api.createTask(namespace, 'task', { retry: { attempts: 10, delaySeconds: 0 }, ...restart() })
      await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    }
  }
  const allRan = async (namespaces: readonly string[]) => {
    for (const namespace of namespaces) {
      const { status } = await api.untilTask(namespace, 'task', 'ran', ended)
      expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1 })
    }
  }
  const metric = async (port: number, name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1])
  }

  test('grows while runs wait and the API server keeps up, and says how large it is', async () => {
    const namespaces = await teams(9, 'grows')
    const { port } = await start({ namespaces, flags: { 'max-task-workers': '2', 'task-workers-limit': '6' } })
    const held = gate()
    await ask(namespaces)
    await until(
      'six are writing',
      () => held.waiting.length,
      count => count === 6,
    )
    expect(await metric(port, 'rota_workers{state="max"}')).toBe(6)
    expect(held.waiting).toHaveLength(6)
    const health = (await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as object
    expect(health).toMatchObject({ thread_pool: { max_workers: 6, active_threads: 6 } })
    held.open()
    await allRan(namespaces)
    await until(
      'it is small again',
      () => metric(port, 'rota_workers{state="max"}'),
      workers => workers === 2,
    )
  })

  test('has a fixed size when only MAX_TASK_WORKERS is set', async () => {
    const namespaces = await teams(4, 'fixed')
    const { port } = await start({ namespaces, flags: { 'max-task-workers': '2' } })
    const held = gate()
    await ask(namespaces)
    await until(
      'two are writing, two wait',
      async () => held.waiting.length === 2 && (await metric(port, 'rota_queue_depth')) === 2,
    )
    held.open()
    await allRan(namespaces)
  })

  test('an API server that is busy is asked less, and nothing is dropped', async () => {
    const namespaces = await teams(6, 'busy')
    const { port } = await start({ namespaces, flags: { 'max-task-workers': '2', 'task-workers-limit': '16' } })
    await ask(namespaces.slice(0, 3))
    await allRan(namespaces.slice(0, 3))
    const before = await metric(port, 'rota_requests_limit')
    let refusals = 0
    behind().fate = request =>
      writesTarget(request) && refusals++ < 3 ? { answer: 429, headers: { 'retry-after': '1' } } : 'pass'
    await ask(namespaces.slice(3))
    await until(
      'fewer may be in flight',
      () => metric(port, 'rota_requests_limit'),
      limit => limit <= Math.max(4, before / 2),
    )
    await allRan(namespaces)
    expect(refusals).toBeGreaterThanOrEqual(3)
  })

  test('a run that hangs holds its own worker only, until its time is over', async () => {
    const namespaces = await teams(4, 'hangs')
    const [hangs = '', ...others] = namespaces
    const { clock } = await start({ namespaces, flags: { 'max-task-workers': '2' } })
    const never = new Promise<'pass'>(() => undefined)
    behind().fate = request => (writesTarget(request) && request.url.includes(hangs) ? never : 'pass')
    await api.createTask(hangs, 'task', { timeoutSeconds: 600, retry: { attempts: 1 }, ...restart() })
    await api.annotate(hangs, 'task', { 'rota.dev/run': '1' })
    await api.untilTask(hangs, 'task', 'runs', ({ status }) => status?.phase === 'Running')
    await ask(others)
    await allRan(others)
    clock.jumpTo(clock.now() + 601_000)
    const { status } = await api.untilTask(hangs, 'task', 'timed out', ended)
    expect(status).toMatchObject({ lastResult: 'TimedOut', errorCount: 1 })
  })
})
