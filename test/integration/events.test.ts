import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import type { Api } from '../harness/api.ts'
import { get, sharedCluster } from '../harness/cluster.ts'
import { bench, ended, restart } from '../harness/proxied-operator.ts'

interface Told {
  readonly metadata: { readonly name: string }
  readonly type: string
  readonly reason: string
  readonly action: string
  readonly note: string
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid: string }
  readonly series?: { readonly count: number }
}

const cluster = sharedCluster()
const NO_ACCOUNT = { ...restart(), serviceAccountName: 'nobody' }

describe('Events', () => {
  const { api: connected, behind, start, team } = bench()
  let api: Api

  beforeAll(async () => {
    api = await connected()
  })

  async function eventsIn(namespace: string): Promise<readonly Told[]> {
    const { items } = await get<{ readonly items: readonly Told[] }>(cluster, 'events.events.k8s.io', namespace)
    return items.filter(({ regarding }) => regarding.kind === 'ScheduledTask')
  }
  async function ran(namespace: string, name: string, token: string): Promise<void> {
    await api.annotate(namespace, name, { 'rota.dev/run': token })
    await api.untilTask(namespace, name, `ran ${token}`, task => task.status?.handled?.run === token && ended(task))
  }

  test('tell of a run that failed what its history says, where kubectl describe shows it', async () => {
    const namespace = await team('events')
    await start({ namespaces: [namespace] })
    const { metadata } = await api.createTask(namespace, 'task', NO_ACCOUNT)
    await ran(namespace, 'task', '1')
    const [event, ...others] = await until(
      'it is told',
      () => eventsIn(namespace),
      ({ length }) => length > 0,
    )
    expect(others).toEqual([])
    const { status } = await api.task(namespace, 'task')
    const record = status?.history?.[0]
    expect(event).toMatchObject({
      type: 'Warning',
      reason: record?.resultReason,
      action: 'Restart',
      note: `run ${record?.id} failed: ${status?.lastMessage}`,
      regarding: { name: 'task', uid: metadata.uid },
    })
    const written = '--field-selector=reportingComponent=rota.dev/controller'
    expect((await cluster.kubectl(['get', 'events', '-n', namespace, written])).stdout).toContain('scheduledtask/task')
    const { stdout } = await cluster.kubectl(['describe', 'scheduledtask', 'task', '-n', namespace])
    expect(stdout).toMatch(/Warning +\S+ +\S+.* +rota.dev\/controller +run [0-9a-f]{16} failed: /)
  })

  test('of the same failure again are one, with a count; when that is gone there is a new one', async () => {
    const namespace = await team('events')
    await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'task', NO_ACCOUNT)
    for (const token of ['1', '2', '3']) await ran(namespace, 'task', token)
    const counted = await until(
      'it is counted',
      () => eventsIn(namespace),
      ([event]) => event?.series?.count === 3,
    )
    expect(counted).toHaveLength(1)
    await cluster.kubectl(['delete', 'events.events.k8s.io', '--all', '-n', namespace])
    await ran(namespace, 'task', '4')
    const [anew] = await until(
      'there is a new one',
      () => eventsIn(namespace),
      ({ length }) => length > 0,
    )
    expect(anew?.series).toBeUndefined()
    expect(anew?.metadata.name).not.toBe(counted[0]?.metadata.name)
  })

  test('are one when the answer to it is lost, and hold up nothing when they are refused', async () => {
    const namespace = await team('events')
    const { facts } = await start({ namespaces: [namespace] })
    const fates = ['lose', 'pass', { answer: 403 }] as const
    let nth = 0
    const proxy = behind()
    proxy.fate = ({ url }) => (url.includes('/events.k8s.io/') ? (fates[nth++] ?? 'pass') : 'pass')
    await api.createTask(namespace, 'task', NO_ACCOUNT)
    await ran(namespace, 'task', '1')
    await until(
      'it has been asked twice',
      () => nth,
      count => count === 2,
    )
    await ran(namespace, 'task', '2')
    await until('the refusal is reported', () => facts.some(({ fact }) => fact === 'Trouble'))
    await ran(namespace, 'task', '3')
    await until(
      'the third is told',
      () => eventsIn(namespace),
      ([event]) => event?.series?.count === 2,
    )
    expect(await eventsIn(namespace)).toHaveLength(1)
  })

  test('are not made for what went well', async () => {
    const namespace = await team('events')
    await start({ namespaces: [namespace] })
    await api.createTask(namespace, 'good', { ...restart(), serviceAccountName: 'rota' })
    await api.createTask(namespace, 'bad', NO_ACCOUNT)
    await ran(namespace, 'good', '1')
    await ran(namespace, 'bad', '1')
    const told = await until(
      'the other is told',
      () => eventsIn(namespace),
      ({ length }) => length > 0,
    )
    expect(told.map(({ regarding }) => regarding.name)).toEqual(['bad'])
  })
})
