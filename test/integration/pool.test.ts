import { beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { until } from '../cluster/until.ts'
import { type Api, deployment } from '../harness/api.ts'
import { bench, ended, readsTarget, restart, writesTarget } from '../harness/proxied-operator.ts'

describe('the pool', () => {
  const { behind, start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const teams = (count: number, prefix: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => team(`${prefix}-${index}`)))
  const create = async (namespaces: readonly string[]) => {
    for (const namespace of namespaces) {
      await api.createTask(namespace, 'task', { retry: { attempts: 10, delaySeconds: 0 }, ...restart() })
    }
  }
  const request = async (namespaces: readonly string[], token = '1') => {
    for (const namespace of namespaces) await api.annotate(namespace, 'task', { 'rota.dev/run': token })
  }
  const ask = async (namespaces: readonly string[]) => {
    await create(namespaces)
    await request(namespaces)
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

  test('shrinks when the API server is busy, grows again after its rest, and nothing is dropped', async () => {
    const [refused, later] = await Promise.all([teams(6, 'refused'), teams(8, 'later')])
    const namespaces = [...refused, ...later]
    const { clock, port } = await start({ namespaces, flags: { 'max-task-workers': '2', 'task-workers-limit': '64' } })
    const limit = () => metric(port, 'rota_requests_limit')
    // All at once, so that as many first statuses are in flight as may be: then it grows.
    await Promise.all(namespaces.map(namespace => create([namespace])))
    await until('it has grown', limit, many => many > 4)

    let refusals = 0
    behind().fate = request => {
      if (!writesTarget(request)) return 'pass'
      refusals++
      return { answer: 429, headers: { 'retry-after': '6' } }
    }
    await request(refused)
    const tryAgain = async () => {
      clock.jumpTo(clock.now() + 6000)
      return limit()
    }
    await until('as few as may be are in flight', tryAgain, few => few === 4, { interval: 1200 })
    expect(refusals).toBeGreaterThanOrEqual(6)

    // Whoever comes now gets what is left. Held where they read: how long that takes says nothing.
    const reading = gate(readsTarget)
    await request(later)
    await until('four read', () => reading.waiting.length === 4)
    await until('the others wait', async () => (await metric(port, 'rota_queue_depth')) >= 4)
    expect(await metric(port, 'rota_workers{state="max"}')).toBe(4)
    expect(reading.waiting).toHaveLength(4)
    reading.open()
    await until('all ran', async () => {
      clock.jumpTo(clock.now() + 6000)
      return (await Promise.all(namespaces.map(namespace => api.task(namespace, 'task')))).every(ended)
    })
    await allRan(namespaces)

    let token = 1
    await until('more may be in flight', async () => {
      await request(namespaces, String(++token))
      return (await limit()) > 4
    })
    for (const namespace of namespaces) {
      const isDone = (task: ScheduledTask) => task.status?.handled?.run === String(token) && ended(task)
      const { status } = await api.untilTask(namespace, 'task', 'ran again', isDone)
      expect(status).toMatchObject({ lastResult: 'Succeeded', errorCount: 0 })
    }
  })

  test('a run that hangs holds its own worker only, until its time is over', async () => {
    const namespaces = await teams(4, 'hangs')
    const [hangs = '', ...others] = namespaces
    // More than one attempt has in flight, and than all may have at first.
    const names = Array.from({ length: 10 }, (_, index) => `web-${index}`)
    for (const name of names) await api.create('deployments', hangs, deployment(name, 1))
    const { clock } = await start({ namespaces, flags: { 'max-task-workers': '2' } })
    const never = new Promise<'pass'>(() => undefined)
    let hanging = 0
    behind().fate = request => {
      if (!writesTarget(request) || !request.url.includes(hangs)) return 'pass'
      hanging++
      return never
    }
    await api.createTask(hangs, 'task', {
      timeoutSeconds: 600,
      retry: { attempts: 1 },
      operation: { restart: { names } },
    })
    await request([hangs])
    await until('it writes', () => hanging > 0)
    await ask(others)
    await allRan(others)
    clock.jumpTo(clock.now() + 601_000)
    const { status } = await api.untilTask(hangs, 'task', 'timed out', ended)
    expect(status).toMatchObject({ lastResult: 'TimedOut', errorCount: 1 })
  })
})
