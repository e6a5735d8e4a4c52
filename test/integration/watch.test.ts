import { beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { until } from '../cluster/until.ts'
import { type Api, deployment } from '../harness/api.ts'
import { bench, ended, restart, writesTarget } from '../harness/proxied-operator.ts'
import { type Fate, isWatch, type LineFate, type Passing } from '../harness/proxy.ts'

const PAGE = 500
const EXPIRED = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } }
const BROKEN = {
  type: 'ERROR',
  object: { kind: 'Status', code: 500, reason: 'InternalError', message: 'etcd is gone' },
}

/** What it does when its watch has ended. */
type How = 'goes on' | 'lists again'

describe('the watch of tasks', () => {
  const { behind, start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const suspended = { ...restart(), schedule: '0 3 * * *', suspend: true }
  const isSeen = ({ status }: ScheduledTask) => status?.observedGeneration === 1
  const untilSeen = (namespace: string, name: string) => api.untilTask(namespace, name, 'is seen', isSeen)
  const watches = () => behind().seen.filter(request => isWatch(request) && !isStreamed(request))
  const lists = () => behind().seen.filter(isList)

  /** An operator that watches, and has seen a task. */
  async function watching(prefix: string) {
    const namespace = await team(prefix)
    await api.createTask(namespace, 'first', suspended)
    const operator = await start({ namespaces: [namespace] })
    await untilSeen(namespace, 'first')
    await until('it watches', () => watches().some(({ answer }) => answer !== undefined))
    return { namespace, operator }
  }
  /** Does this to the first line of the watch that is about the task, and no more. */
  function once(name: string, fate: LineFate): void {
    behind().line = line => {
      if (!line.includes(`"name":"${name}"`)) return 'pass'
      behind().line = () => 'pass'
      return fate
    }
  }

  test.each<[string, How, LineFate]>([
    ['the connection breaks', 'goes on', 'cut'],
    ['a line comes half', 'goes on', 'truncate'],
    ['the API server ends it with an error', 'goes on', { lines: [JSON.stringify(BROKEN)] }],
    ['the version is too old', 'lists again', { lines: [JSON.stringify(EXPIRED)] }],
  ])('when %s: misses nothing, and %s', async (_, how, fate) => {
    const { namespace, operator } = await watching('line')
    const listed = lists().length
    once('second', fate)
    await api.createTask(namespace, 'second', suspended)
    await untilSeen(namespace, 'second')
    expect(lists().length - listed).toBe(how === 'goes on' ? 0 : 1)
    expect(await restarts(operator.port)).toBeGreaterThan(0)
  })

  test.each<[string, How, Fate]>([
    ['the connection breaks', 'goes on', 'reset'],
    ['the token is not known', 'goes on', { answer: 401 }],
    ['the version is too old', 'lists again', { answer: 410 }],
    ['the API server has too much to do', 'goes on', { answer: 429, headers: { 'retry-after': '1' } }],
    ['the API server fails', 'goes on', { answer: 500 }],
    ['a gateway finds no API server', 'goes on', { answer: 502, body: '<html>Bad Gateway</html>' }],
    ['the API server is not ready', 'goes on', { answer: 503 }],
  ])('when it is opened and %s: misses nothing, and %s', async (_, how, fate) => {
    const { namespace, operator } = await watching('open')
    const listed = lists().length
    let refused = 0
    behind().fate = request => (isWatch(request) && !isStreamed(request) && refused++ < 2 ? fate : 'pass')
    behind().reset()
    await until('it was refused', () => refused > 0)
    await api.createTask(namespace, 'second', suspended)
    await untilSeen(namespace, 'second')
    if (how === 'goes on') expect(lists().length).toBe(listed)
    else expect(lists().length).toBeGreaterThan(listed)
    expect(await restarts(operator.port)).toBeGreaterThan(0)
  })

  test('that is dead, although its connection stands, is noticed within 15 seconds', async () => {
    const { namespace, operator } = await watching('dead')
    const before = watches().length
    once('second', 'hang')
    const asleep = performance.now()
    await api.createTask(namespace, 'second', suspended)
    await until('it is opened again', () => watches().length > before, Boolean, { interval: 20 })
    const took = performance.now() - asleep
    await untilSeen(namespace, 'second')
    // What a busy machine may be late is little against the minutes without it.
    expect(took).toBeLessThan(18_000)
    expect(operator.facts).toContainEqual(
      expect.objectContaining({ fact: 'WatchRestarted', because: 'the watch fell silent' }),
    )
  })

  test('a quiet one is opened again from a later version, by a bookmark, without a list', async () => {
    const { operator } = await watching('quiet')
    const listed = lists().length
    const other = await team('busy')
    let written = 0
    await until('it is opened again from a later version', async () => {
      await api.createTask(other, `task-${written++}`, suspended)
      const [first = 0n, ...later] = watches().map(versionOf)
      return later.some(version => version > first)
    })
    expect(lists().length).toBe(listed)
    expect(operator.facts.filter(({ fact }) => fact === 'WatchRestarted')).toEqual([])
  })

  /** So many tasks in a namespace of their own. */
  async function many(prefix: string, count: number): Promise<string> {
    const namespace = await team(prefix)
    const names = Array.from({ length: count }, (_, n) => `task-${n}`)
    for (let n = 0; n < names.length; n += 50)
      await Promise.all(names.slice(n, n + 50).map(name => api.createTask(namespace, name, suspended)))
    return namespace
  }
  const untilAllAreSeen = (namespace: string, count: number) =>
    until(
      'all are seen',
      async () => (await api.tasks(namespace)).filter(isSeen).length,
      seen => seen === count,
    )

  test('a list begins anew when its connection breaks half-way', async () => {
    const namespace = await many('half', 50)
    let told = 0
    const { facts } = await start({ namespaces: [namespace], line: () => (++told === 25 ? 'cut' : 'pass') })
    await untilAllAreSeen(namespace, 50)
    expect(lists().filter(isStreamed)).toHaveLength(2)
    expect(facts).toContainEqual(expect.objectContaining({ fact: 'WatchRestarted' }))
  })

  test('in pages, of an API server that cannot stream a list: three pages begin anew when the second one has expired', async () => {
    const count = 2 * PAGE + 1
    const namespace = await many('pages', count)
    let expired = false
    const pages: boolean[] = []
    await start({
      namespaces: [namespace],
      fate: request => {
        if (!isList(request)) return 'pass'
        if (isStreamed(request)) return { answer: 422 }
        const isContinued = request.url.includes('continue=')
        pages.push(isContinued)
        if (!isContinued || expired) return 'pass'
        expired = true
        return { answer: 410 }
      },
    })
    await untilAllAreSeen(namespace, count)
    expect(pages).toEqual([false, true, false, true, true])
  })

  test('a run ends when its task is deleted and created anew, although nobody tells of it', async () => {
    const namespace = await team('anew')
    await api.create('deployments', namespace, deployment('web-1', 1))
    const { facts } = await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'task', restart('web'))
    const held = gate()
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    await until('it is at it', () => held.waiting.length === 1)
    behind().line = line => (line.includes('"name":"task"') ? { lines: [] } : 'pass')
    await api.delete('scheduledtasks', namespace, 'task')
    const { metadata } = await api.createTask(namespace, 'task', restart('web-1'))
    once('other', { lines: [JSON.stringify(EXPIRED)] })
    await api.createTask(namespace, 'other', suspended)
    await untilSeen(namespace, 'task')
    await until('the run of the old one has ended', () => facts.some(({ fact }) => fact === 'Ended'))
    expect(facts).toContainEqual(expect.objectContaining({ fact: 'Ended', result: 'Cancelled', reason: 'Deleted' }))
    held.open()
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    const { metadata: after, status } = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(after.uid).toBe(metadata.uid)
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1 })
    expect(behind().seen.filter(writesTarget).at(-1)?.url).toContain('/web-1')
  })

  async function restarts(port: number): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    return Number(/^rota_watch_restarts_total (.*)$/m.exec(text)?.[1])
  }
})

/** Most are a watch that begins with all there is. */
function isList(request: Passing): boolean {
  const isOfTasks = request.url.includes('/scheduledtasks?') && request.method === 'GET'
  return isOfTasks && (!isWatch(request) || isStreamed(request))
}

function isStreamed({ url }: Passing): boolean {
  return url.includes('sendInitialEvents=true')
}

function versionOf({ url }: Passing): bigint {
  return BigInt(new URL(url, 'http://api').searchParams.get('resourceVersion') ?? '0')
}
