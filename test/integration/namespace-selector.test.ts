import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { until } from '../cluster/until.ts'
import { letListNamespaces, type } from '../harness/accounts.ts'
import { type Api, deployment } from '../harness/api.ts'
import { type AuditEvent, readAuditLog } from '../harness/audit.ts'
import { apply, createNamespace, get, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { bench, ended } from '../harness/proxied-operator.ts'

const cluster = sharedCluster()
const HOUR = 3600_000

describe('namespaces by label', () => {
  const { start, gate, api: connect, behind } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })

  /** Nobody else has this label. */
  const ownLabel = () => ({ 'example.com/stage': randomBytes(4).toString('hex') })
  const selecting = (labels: object) => ({ target: { namespaceSelector: { matchLabels: labels } } })
  const label = (namespace: string, labels: Readonly<Record<string, string | null>>) =>
    cluster.kubectl(['patch', 'namespace', namespace, '--type=merge', '-p', JSON.stringify({ metadata: { labels } })])

  /** A home for tasks whose account may list namespaces, unless told. */
  async function home(prefix: string, mayList = true): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    if (mayList) await letListNamespaces(cluster, namespace)
    return namespace
  }
  /** A namespace with a Deployment `web` of 2, where the account of a home may work. */
  async function team(prefix: string, of: string, labels: Readonly<Record<string, string>>): Promise<string> {
    const namespace = await createNamespace(cluster, prefix, { labels })
    await cluster.kubectl([
      ...['create', 'rolebinding', 'home', '-n', namespace],
      ...['--role=rota', `--serviceaccount=${of}:rota`],
    ])
    await api.create('deployments', namespace, deployment('web', 2))
    return namespace
  }
  const replicas = async (namespace: string) => (await api.get('deployments', namespace, 'web')).spec.replicas
  const all = (namespaces: readonly string[]) => Promise.all(namespaces.map(replicas))
  async function requested(namespace: string, name: string, token = '1'): Promise<ScheduledTask> {
    await api.annotate(namespace, name, { 'rota.dev/run': token })
    const handled = ({ status }: ScheduledTask) => status?.handled?.run === token
    return api.untilTask(namespace, name, `ended ${token}`, task => handled(task) && ended(task))
  }
  const entry = ({ status }: ScheduledTask) => status?.history?.[0]

  test('they are chosen before the claim, and what gets or loses the label in mid-run is of no concern to the run', async () => {
    const labels = ownLabel()
    const here = await home('frozen')
    const teams = [await team('frozen-a', here, labels), await team('frozen-b', here, labels)].sort()
    const [first = '', second = ''] = teams
    await start({ namespaces: [here] })
    await api.createTask(here, 'off', { ...selecting(labels), operation: { sleep: {} } })
    const held = gate()
    await api.annotate(here, 'off', { 'rota.dev/run': '1' })
    await until('it is writing', () => held.waiting.length === 2)
    expect((await api.task(here, 'off')).status?.activeRun?.namespaces).toEqual(teams)
    const late = await team('frozen-c', here, labels)
    await label(second, { 'example.com/stage': null })
    held.open()
    const task = await api.untilTask(here, 'off', 'slept', ended)
    expect(task.status).toMatchObject({
      lastMessage: 'slept 2 Deployments',
      sleeping: { namespaces: teams, workloads: 2 },
    })
    expect(entry(task)).toMatchObject({ namespaces: teams, namespaceCount: 2 })
    expect(entry(task)?.command).toBe(`sleep namespace/${teams.join(',')}`)
    expect(await all([first, second, late])).toEqual([0, 0, 2])
  })

  test('they stay as they were chosen when another process goes on with the run', async () => {
    const labels = ownLabel()
    const here = await home('resumed')
    const chosen = await team('resumed-a', here, labels)
    const first = await start({ namespaces: [here], flags: { 'shutdown-grace': '1' } })
    await api.createTask(here, 'off', { ...selecting(labels), operation: { sleep: {} } })
    const held = gate()
    await api.annotate(here, 'off', { 'rota.dev/run': '1' })
    await until('it is writing', () => held.waiting.length === 1)
    await first.stop()
    const late = await team('resumed-b', here, labels)
    await start({ namespaces: [here] })
    const task = await api.untilTask(here, 'off', 'slept', ended)
    expect(task.status).toMatchObject({ lastResult: 'Succeeded', sleeping: { namespaces: [chosen], workloads: 1 } })
    expect(await all([chosen, late])).toEqual([0, 2])
  })

  test.skipIf(usesExistingCluster)(
    "the labels are looked at in the name of the task's account, and nothing is claimed before",
    async () => {
      const labels = ownLabel()
      const here = await home('as-account')
      await team('as-account-a', here, labels)
      await start({ namespaces: [here] })
      await api.createTask(here, 'restart', { ...selecting(labels), operation: { restart: {} } })
      await requested(here, 'restart')
      const account = `system:serviceaccount:${here}:rota`
      const isOurs = ({ impersonatedUser, objectRef }: AuditEvent) =>
        impersonatedUser?.username === account || objectRef?.namespace === here
      const events = await until(
        'the audit log has the record',
        () => readAuditLog(cluster.auditLog ?? '').filter(isOurs),
        seen => seen.filter(({ objectRef }) => objectRef?.subresource === 'status').length >= 3,
      )
      const isChoice = ({ verb, objectRef }: AuditEvent) => verb === 'list' && objectRef?.resource === 'namespaces'
      const choices = events.filter(isChoice)
      expect(choices.map(({ impersonatedUser }) => impersonatedUser?.username)).toEqual([account])
      const claim = events.findIndex(event => JSON.stringify(event.requestObject ?? {}).includes('"activeRun"'))
      expect(claim).toBeGreaterThan(events.findIndex(isChoice))
      const isWrite = ({ verb, objectRef, responseStatus }: AuditEvent) =>
        verb === 'patch' && objectRef?.resource === 'deployments' && responseStatus?.code === 200
      const writes = events.filter(isWrite)
      expect(writes.map(({ impersonatedUser }) => impersonatedUser?.username)).toEqual([account])
    },
  )

  test('an account that may not list namespaces is refused with the commands that allow it, and they do', async () => {
    const labels = ownLabel()
    const here = await home('denied', false)
    const there = await team('denied-a', here, labels)
    await start({ namespaces: [here] })
    await api.createTask(here, 'off', { ...selecting(labels), operation: { sleep: {} } })
    const refused = await requested(here, 'off')
    expect(entry(refused)).toMatchObject({ result: 'Failed', resultReason: 'Forbidden', attempts: 1, changed: 0 })
    const [said, commands = ''] = (refused.status?.lastMessage ?? '').split('; to allow it: ')
    expect(said).toBe(`ServiceAccount ${here}/rota may not list namespaces`)
    expect(await replicas(there)).toBe(2)
    await type(cluster, commands)
    const slept = await until(
      'the rights are known to the API server',
      () => requested(here, 'off', randomBytes(4).toString('hex')),
      ({ status }) => status?.lastResult === 'Succeeded',
    )
    expect(slept.status?.lastMessage).toBe('slept 1 Deployment')
    expect(await replicas(there)).toBe(0)
  })

  test('labels that no namespace has are no mistake: the run succeeds, and says so', async () => {
    const here = await home('none')
    await start({ namespaces: [here] })
    await api.createTask(here, 'off', { ...selecting(ownLabel()), operation: { sleep: {} } })
    const task = await requested(here, 'off')
    expect(task.status).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'nothing to do: no namespace has these labels',
    })
    expect(entry(task)).toMatchObject({ namespaces: [], namespaceCount: 0, changed: 0 })
    expect(task.status?.sleeping).toBeUndefined()
  })

  test('protected namespaces are left out, and it is said', async () => {
    const labels = ownLabel()
    const here = await home('protected')
    const there = await team('protected-a', here, labels)
    const guarded = await team('protected-b', here, { ...labels, 'rota.dev/protected': 'true' })
    await start({ namespaces: [here] })
    await api.createTask(here, 'off', { ...selecting(labels), operation: { sleep: {} } })
    const task = await requested(here, 'off')
    expect(task.status).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: `slept 1 Deployment; left out: ${guarded} (is protected)`,
    })
    expect(await all([there, guarded])).toEqual([0, 2])
    await label(there, { 'example.com/stage': null })
    const nothing = await requested(here, 'off', '2')
    expect(nothing.status?.lastMessage).toBe(`nothing to do; left out: ${guarded} (is protected)`)
  })

  test('a wake covers what sleeps by the task, whatever labels say by now', async () => {
    const evening = (Math.floor(Date.now() / HOUR) + 2) * HOUR
    const daily = (at: number) => `0 ${new Date(at).getUTCHours()} * * *`
    const labels = ownLabel()
    const here = await home('labels')
    const [stays, leaves] = [await team('labels-a', here, labels), await team('labels-b', here, labels)]
    const { clock } = await start({ namespaces: [here], start: evening - 2000 })
    const sleep = { wakeSchedule: daily(evening + 11 * HOUR) }
    await api.createTask(here, 'nights-off', {
      ...selecting(labels),
      schedule: daily(evening),
      operation: { sleep },
    })
    await api.untilTask(here, 'nights-off', 'slept', ended)
    expect(await all([stays, leaves])).toEqual([0, 0])
    await label(leaves, { 'example.com/stage': null })
    clock.jumpTo(evening + 11 * HOUR - 500)
    const woken = await api.untilTask(
      here,
      'nights-off',
      'woke',
      ({ status }) => status?.runCount === 2 && !status.activeRun,
    )
    expect(woken.status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'woke 2 Deployments' })
    expect(woken.status?.sleeping).toBeUndefined()
    expect(await all([stays, leaves])).toEqual([2, 2])
  })

  test('not even an account that may no longer list namespaces holds a wake back', async () => {
    const labels = ownLabel()
    const here = await home('lost')
    const there = await team('lost-a', here, labels)
    await start({ namespaces: [here] })
    await api.createTask(here, 'off', { ...selecting(labels), operation: { sleep: {} } })
    await requested(here, 'off')
    expect(await replicas(there)).toBe(0)
    await cluster.kubectl(['delete', 'clusterrolebinding', `${here}-namespaces`])
    await until('the right is gone', async () => {
      const as = `--as=system:serviceaccount:${here}:rota`
      return (await cluster.tryKubectl(['auth', 'can-i', 'list', 'namespaces', as])).stdout.trim() === 'no'
    })
    await api.annotate(here, 'off', { 'rota.dev/wake': '1' })
    await api.untilTask(here, 'off', 'woke', ({ status }) => status?.handled?.wake === '1' && !status.activeRun)
    expect(await replicas(there)).toBe(2)
  })

  test('a namespace that is deleted in mid-run: the others are done, and a wake does not stumble over it', {
    timeout: 240_000,
  }, async () => {
    const labels = ownLabel()
    const here = await home('dying')
    const teams = [await team('dying-a', here, labels), await team('dying-b', here, labels)]
    const [dies = '', lives = ''] = teams
    await start({ namespaces: [here] })
    await api.createTask(here, 'off', { ...selecting(labels), operation: { sleep: {} } })
    const held = gate()
    await api.annotate(here, 'off', { 'rota.dev/run': '1' })
    await until('it is writing', () => held.waiting.length === 2)
    await cluster.kubectl(['delete', 'namespace', dies])
    held.open()
    const slept = await api.untilTask(here, 'off', 'ended', ended)
    expect(slept.status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'slept 1 Deployment' })
    expect(slept.status?.sleeping?.namespaces).toEqual(teams.toSorted())
    expect(await replicas(lives)).toBe(0)
    await api.annotate(here, 'off', { 'rota.dev/wake': '1' })
    const woken = await api.untilTask(here, 'off', 'woke', ({ status }) => status?.runCount === 2 && !status.activeRun)
    expect(woken.status).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'woke 1 Deployment' })
    expect(woken.status?.sleeping).toBeUndefined()
    expect(await replicas(lives)).toBe(2)
  })

  test('with --cross-namespace=false a task that reaches out of its namespace is stalled, and nothing is listed', async () => {
    const here = await createNamespace(cluster, 'inside')
    await api.create('deployments', here, deployment('web', 2))
    await start({ namespaces: [here], flags: { 'cross-namespace': 'false' } })
    const targets = { selector: selecting({ a: 'b' }).target, names: { namespaces: [here, 'elsewhere'] } }
    for (const [name, target] of Object.entries(targets)) {
      await api.createTask(here, name, { target, operation: { sleep: {} } })
      await api.annotate(here, name, { 'rota.dev/run': '1' })
      const { status } = await api.untilTask(here, name, 'stalled', task => task.status?.phase === 'Stalled')
      const stalled = status?.conditions?.find(({ type }) => type === 'Stalled')
      expect(stalled).toMatchObject({ status: 'True', reason: 'CrossNamespace' })
      expect(stalled?.message).toContain('--cross-namespace=false')
    }
    await api.createTask(here, 'own', { target: { namespaces: [here] }, operation: { sleep: {} } })
    expect((await requested(here, 'own')).status).toMatchObject({ lastResult: 'Succeeded' })
    expect(behind().seen.filter(({ url }) => /^\/api\/v1\/namespaces\?/.test(url))).toEqual([])
    expect(await get<{ items: unknown[] }>(cluster, 'scheduledtasks', here)).toMatchObject({ items: { length: 3 } })
  })

  test('more than fifty are refused, before anything is changed', async () => {
    const labels = ownLabel()
    const here = await home('many')
    const there = await team('many-a', here, labels)
    const names = Array.from({ length: 50 }, (_, n) => `${there}-${n}`)
    const kind = { apiVersion: 'v1', kind: 'Namespace' }
    onTestFinished(async () => void (await cluster.kubectl(['delete', 'namespace', ...names, '--wait=false'])))
    await apply(
      cluster,
      names.map(name => ({ ...kind, metadata: { name, labels } })),
    )
    await start({ namespaces: [here] })
    await api.createTask(here, 'off', { ...selecting(labels), operation: { sleep: {} } })
    const task = await requested(here, 'off')
    expect(entry(task)).toMatchObject({ result: 'Failed', resultReason: 'TooManyNamespaces', attempts: 1 })
    expect(task.status?.lastMessage).toBe(
      'spec.target.namespaceSelector chooses 51 namespaces, and 50 is the most: make it narrower',
    )
    expect(await replicas(there)).toBe(2)
  })
})
