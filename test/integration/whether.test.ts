import { beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { rfc3339 } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { type Api, deployment } from '../harness/api.ts'
import { bench, ended, restart } from '../harness/proxied-operator.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Ahead of the real time, by which the API server dates what is created; before it no slot comes. */
const SLOT = (Math.floor(Date.now() / HOUR) + 2) * HOUR
const hour = new Date(SLOT).getUTCHours()
/** At SLOT, and each minute of the two after it. */
const minutely = { schedule: `0-2 ${hour} * * *`, timeoutSeconds: 3600 }
const atSlot = { schedule: `0 ${hour} * * *` }

const isScheduled = ({ status }: ScheduledTask) => status?.phase === 'Scheduled'
const records = ({ status }: ScheduledTask) =>
  status?.history?.map(({ reason, result, resultReason }) => `${reason} ${result} ${resultReason}`)

describe('whether a task runs', () => {
  const { behind, start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const begin = (namespaces: readonly string[], flags: Readonly<Record<string, string>> = {}) =>
    start({ namespaces, start: SLOT - MINUTE, flags })
  const observed = async (namespace: string, name: string, spec: object, phase = 'Scheduled') => {
    await api.createTask(namespace, name, spec)
    await api.untilTask(namespace, name, `is ${phase}`, ({ status }) => status?.phase === phase)
  }
  const isWriting = (held: { readonly waiting: readonly unknown[] }, count = 1) =>
    until(
      'it is writing',
      () => held.waiting.length,
      n => n === count,
    )

  describe('concurrencyPolicy', () => {
    test('Queue: of the slots that come due while a run is active the newest waits, older ones are skipped', async () => {
      const namespace = await team('queue')
      const { clock } = await begin([namespace])
      const held = gate()
      await observed(namespace, 'task', { ...minutely, concurrencyPolicy: 'Queue', ...restart() })
      clock.jumpTo(SLOT)
      await isWriting(held)
      clock.jumpTo(SLOT + MINUTE)
      clock.jumpTo(SLOT + 2 * MINUTE)
      const waits = await api.untilTask(namespace, 'task', 'skips', ({ status }) => status?.lastResult === 'Skipped')
      expect(waits.status).toMatchObject({ phase: 'Running', runCount: 1 })
      held.open()
      const done = await api.untilTask(
        namespace,
        'task',
        'ran twice',
        task => task.status?.runCount === 2 && ended(task),
      )
      expect(records(done)).toEqual([
        'Schedule Succeeded Completed',
        'Schedule Succeeded Completed',
        'Schedule Skipped Superseded',
      ])
      expect(done.status?.lastSlotTime).toBe(rfc3339(SLOT + 2 * MINUTE))
    })

    test('Replace: the active run is cancelled, and the slot starts when its last request has ended', async () => {
      const namespace = await team('replace')
      const { clock } = await begin([namespace])
      const held = gate()
      await observed(namespace, 'task', { ...minutely, concurrencyPolicy: 'Replace', ...restart() })
      clock.jumpTo(SLOT)
      await isWriting(held)
      clock.jumpTo(SLOT + MINUTE)
      await isWriting(held, 2)
      held.open()
      const done = await api.untilTask(namespace, 'task', 'ran', ({ status }) => status?.lastResult === 'Succeeded')
      expect(records(done)).toEqual(['Schedule Succeeded Completed', 'Schedule Cancelled Replaced'])
      const web = await api.get('deployments', namespace, 'web')
      expect(web.spec.template?.metadata?.annotations?.['kubectl.kubernetes.io/restartedAt']).toBe(
        rfc3339(SLOT + MINUTE),
      )
    })
  })

  test('suspend: a slot that comes due meanwhile does not run, then or later; the next one does', async () => {
    const namespace = await team('suspended')
    const { clock } = await begin([namespace])
    await observed(namespace, 'task', { ...minutely, suspend: true, ...restart() }, 'Suspended')
    await observed(namespace, 'other', { ...minutely, ...restart() })
    clock.jumpTo(SLOT)
    await api.untilTask(namespace, 'other', 'ran', ended)
    await api.patch('scheduledtasks', namespace, 'task', { spec: { suspend: false } })
    const { status } = await api.untilTask(namespace, 'task', 'is Scheduled', isScheduled)
    expect(status).toMatchObject({ runCount: 0, missedCount: 0 })
    clock.jumpTo(SLOT + MINUTE)
    const task = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(task.status).toMatchObject({ runCount: 1, missedCount: 0, lastSlotTime: rfc3339(SLOT + MINUTE) })
  })

  describe('dependsOn', () => {
    test('with the same slot: after the other has succeeded, and whoever waits says so', async () => {
      const namespace = await team('after')
      const { clock } = await begin([namespace])
      const held = gate()
      await observed(namespace, 'backup', { ...atSlot, timeoutSeconds: 3600, ...restart() })
      await observed(namespace, 'task', { ...atSlot, dependsOn: [{ name: 'backup' }], ...restart() })
      clock.jumpTo(SLOT)
      await isWriting(held)
      const waits = await inHaste(clock, () =>
        api.untilTask(namespace, 'task', 'waits', ({ status }) => status?.phase === 'Waiting'),
      )
      expect(waits.status).toMatchObject({ runCount: 0, lastMessage: 'waiting for backup to end its run' })
      held.open()
      const ran = await api.untilTask(namespace, 'task', 'ran', ended)
      const backup = await api.task(namespace, 'backup')
      expect(records(ran)).toEqual(['Schedule Succeeded Completed'])
      expect(ran.status?.lastSlotTime).toBe(backup.status?.lastSlotTime)
    })

    test('skipped when the other did not succeed', async () => {
      const namespace = await team('after-failure')
      const { clock } = await begin([namespace])
      await observed(namespace, 'backup', { ...atSlot, ...restart('no-such') })
      await observed(namespace, 'task', { ...atSlot, dependsOn: [{ name: 'backup' }], ...restart() })
      clock.jumpTo(SLOT)
      const skipped = await api.untilTask(namespace, 'task', 'skipped', ended)
      expect(records(skipped)).toEqual(['Schedule Skipped DependencyFailed'])
      expect(skipped.status?.lastMessage).toMatch(/^backup did not succeed \(Failed: \w+\) at /)
      expect(behind().seen.filter(({ method, as }) => method === 'PATCH' && as !== '')).toEqual([])
    })

    test('waits for one that does not exist, until it does', async () => {
      const namespace = await team('after-missing')
      const { clock } = await begin([namespace])
      await observed(namespace, 'task', { ...atSlot, dependsOn: [{ name: 'backup' }], ...restart() })
      clock.jumpTo(SLOT)
      const waits = await inHaste(clock, () =>
        api.untilTask(namespace, 'task', 'waits', ({ status }) => status?.phase === 'Waiting'),
      )
      expect(waits.status?.lastMessage).toBe('waiting for backup, which does not exist')
      await api.createTask(namespace, 'backup', restart())
      const ran = await api.untilTask(namespace, 'task', 'ran', ended)
      expect(records(ran)).toEqual(['Schedule Succeeded Completed'])
    })

    test('past its deadline what has waited is missed, with what it has waited for', async () => {
      const namespace = await team('after-late')
      const { clock } = await begin([namespace])
      const dependsOn = [{ name: 'backup' }]
      await observed(namespace, 'task', { ...atSlot, startingDeadlineSeconds: 60, dependsOn, ...restart() })
      clock.jumpTo(SLOT + 2 * MINUTE)
      const missed = await api.untilTask(namespace, 'task', 'missed', ended)
      expect(missed.status).toMatchObject({ missedCount: 1, runCount: 0 })
      expect(missed.status?.lastMessage).toBe(
        `not started within 60 s of ${rfc3339(SLOT)}: waiting for backup, which does not exist`,
      )
    })

    test('without a schedule: once for the slot up to which all others have succeeded', async () => {
      const namespace = await team('chain')
      const { clock } = await begin([namespace])
      await observed(namespace, 'one', { ...atSlot, ...restart() })
      await observed(namespace, 'two', { schedule: `1 ${hour} * * *`, ...restart() })
      const dependsOn = [{ name: 'one' }, { name: 'two' }]
      await observed(namespace, 'then', { dependsOn, ...restart() }, 'Idle')
      await observed(namespace, 'last', { dependsOn: [{ name: 'then' }], ...restart() }, 'Idle')
      clock.jumpTo(SLOT)
      await api.untilTask(namespace, 'one', 'ran', ended)
      clock.jumpTo(SLOT + MINUTE)
      const last = await api.untilTask(namespace, 'last', 'ran', ended)
      const then = await api.task(namespace, 'then')
      for (const { status } of [then, last]) {
        expect(status).toMatchObject({
          runCount: 1,
          lastSlotTime: rfc3339(SLOT),
          lastSuccessfulSlotTime: rfc3339(SLOT),
        })
        expect(status?.history).toMatchObject([{ reason: 'Dependency', result: 'Succeeded' }])
      }
    })

    test('a cycle stalls its members and names it, and the end of it frees them', async () => {
      const namespace = await team('cycle')
      await begin([namespace])
      await api.createTask(namespace, 'a', { dependsOn: [{ name: 'b' }], ...restart() })
      await api.createTask(namespace, 'b', { dependsOn: [{ name: 'a' }], ...restart() })
      for (const name of ['a', 'b']) {
        const { status } = await api.untilTask(namespace, name, 'stalls', task => task.status?.phase === 'Stalled')
        const other = name === 'a' ? 'b' : 'a'
        expect(status?.conditions).toContainEqual(
          expect.objectContaining({
            type: 'Stalled',
            reason: 'DependencyCycle',
            message: expect.stringContaining(`${name} → ${other} → ${name} is a cycle`),
          }),
        )
      }
      await api.delete('scheduledtasks', namespace, 'b')
      await api.untilTask(namespace, 'a', 'is free', ({ status }) => status?.phase === 'Idle')
    })
  })

  test('suspendAfterFailures: too many in a row open the breaker, a run on request that succeeds closes it', async () => {
    const namespace = await team('breaker')
    const { clock } = await begin([namespace])
    await observed(namespace, 'task', { ...minutely, suspendAfterFailures: 2, ...restart('missing') })
    for (const n of [0, 1]) {
      clock.jumpTo(SLOT + n * MINUTE)
      await api.untilTask(
        namespace,
        'task',
        `failed ${n + 1}`,
        task => task.status?.errorCount === n + 1 && ended(task),
      )
    }
    const broken = await api.task(namespace, 'task')
    expect(broken.status).toMatchObject({ phase: 'Stalled', consecutiveFailures: 2 })
    expect(broken.status?.nextRunTime).toBeUndefined()
    expect(broken.status?.conditions).toMatchObject([
      { type: 'Ready', status: 'False', reason: 'TooManyFailures' },
      { type: 'Stalled', status: 'True', reason: 'TooManyFailures' },
    ])
    clock.jumpTo(SLOT + 2 * MINUTE)
    await api.create('deployments', namespace, deployment('missing', 1))
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    const closed = await api.untilTask(namespace, 'task', 'closed', isScheduled)
    expect(closed.status).toMatchObject({ runCount: 3, errorCount: 2, missedCount: 0, consecutiveFailures: 0 })
  })

  test('cacheSeconds: a request is answered by the last success while it is young, and not after an edit', async () => {
    const namespace = await team('cache')
    await begin([namespace])
    await api.createTask(namespace, 'task', { cacheSeconds: 3600, ...restart() })
    const asked = async (token: string) => {
      await api.annotate(namespace, 'task', { 'rota.dev/run': token })
      return api.untilTask(
        namespace,
        'task',
        `answered ${token}`,
        task => task.status?.handled?.run === token && ended(task),
      )
    }
    await asked('1')
    const cached = await asked('2')
    expect(cached.status).toMatchObject({ runCount: 1, lastResult: 'Skipped', phase: 'Idle' })
    expect(records(cached)).toEqual(['Request Skipped Cached', 'Request Succeeded Completed'])
    await api.patch('scheduledtasks', namespace, 'task', {
      spec: { operation: { restart: { kinds: ['Deployment'] } } },
    })
    expect((await asked('3')).status).toMatchObject({ runCount: 2, lastResult: 'Succeeded' })
  })

  test('priority: when workers are short the higher one starts first', async () => {
    const namespaces = await Promise.all(['busy', 'low', 'high'].map(team))
    const [busy = '', low = '', high = ''] = namespaces
    const { clock, facts } = await begin(namespaces, { 'max-task-workers': '1' })
    const held = gate()
    await api.createTask(busy, 'task', { timeoutSeconds: 3600, ...restart() })
    await observed(low, 'task', { ...atSlot, priority: -5, ...restart() })
    await observed(high, 'task', { ...atSlot, priority: 5, ...restart() })
    await api.annotate(busy, 'task', { 'rota.dev/run': '1' })
    await isWriting(held)
    clock.jumpTo(SLOT)
    await until('both are in the queue', () => facts.filter(({ fact }) => fact === 'Submitted').length === 3)
    held.open()
    for (const namespace of namespaces) await api.untilTask(namespace, 'task', 'ran', ended)
    const order = facts.flatMap(fact => (fact.fact === 'Claimed' ? [fact.task] : []))
    expect(order).toEqual([`${busy}/task`, `${high}/task`, `${low}/task`])
  })

  test('jitter: the run starts later than its slot, as status.nextRunTime says, and keeps the slot', async () => {
    const namespace = await team('jitter')
    const { clock } = await begin([namespace])
    await observed(namespace, 'task', { ...atSlot, jitterSeconds: 3600, ...restart() })
    const due = Date.parse((await api.task(namespace, 'task')).status?.nextRunTime ?? '')
    expect(due).toBeGreaterThanOrEqual(SLOT)
    expect(due).toBeLessThanOrEqual(SLOT + HOUR)
    clock.jumpTo(due - 500)
    const { status } = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(status?.lastSlotTime).toBe(rfc3339(SLOT))
    expect(Date.parse(status?.history?.[0]?.startTime ?? '')).toBeGreaterThanOrEqual(due)
  })

  test('jitter never reaches the next slot, however long it may be', async () => {
    const namespace = await team('jitter-short')
    const { clock } = await begin([namespace])
    await observed(namespace, 'task', { schedule: `0-9 ${hour} * * *`, jitterSeconds: 3600, ...restart() })
    const { status } = await api.task(namespace, 'task')
    expect(status?.nextRuns?.map(next => Math.floor((Date.parse(next) - SLOT) / MINUTE))).toEqual([0, 1, 2, 3, 4])
    clock.jumpTo(SLOT + MINUTE)
    const ran = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(ran.status?.runCount).toBeGreaterThan(0)
  })

  test('the clocks of its zone are set: what they skip runs after the gap, what comes twice runs once', async () => {
    const namespace = await team('clocks')
    const year = new Date().getUTCFullYear() + 1
    const lastSunday = (month: number) => 31 - new Date(Date.UTC(year, month, 31)).getUTCDay()
    const [spring, autumn] = [lastSunday(2), lastSunday(9)]
    const [gap, first] = [Date.UTC(year, 2, spring, 1), Date.UTC(year, 9, autumn, 0, 30)]
    const { clock } = await start({ namespaces: [namespace], start: gap - HOUR })
    const berlin = { timeZone: 'Europe/Berlin', ...restart() }
    await observed(namespace, 'skipped', { schedule: `30 2 ${spring} 3 *`, ...berlin })
    await observed(namespace, 'noon', { schedule: `0 12 ${spring} 3 *`, startingDeadlineSeconds: 7200, ...berlin })
    await observed(namespace, 'twice', { schedule: `30 2 ${autumn} 10 *`, ...berlin })
    const lastSlot = async (name: string) => (await api.untilTask(namespace, name, 'ran', ended)).status?.lastSlotTime
    clock.jumpTo(gap)
    expect(await lastSlot('skipped')).toBe(rfc3339(gap))
    // Noon is nine hours after the gap, and not ten.
    clock.jumpTo(gap + 10 * HOUR)
    expect(await lastSlot('noon')).toBe(rfc3339(gap + 9 * HOUR))
    clock.jumpTo(first)
    expect(await lastSlot('twice')).toBe(rfc3339(first))
    clock.jumpTo(first + HOUR)
    // Whoever is asked later has been looked at later.
    await api.annotate(namespace, 'skipped', { 'rota.dev/run': '1' })
    await api.untilTask(namespace, 'skipped', 'ran again', task => task.status?.runCount === 2 && ended(task))
    expect((await api.task(namespace, 'twice')).status?.runCount).toBe(1)
  })

  test('a clock that is a day wrong starts nothing, and nothing is lost when it is right again', async () => {
    const namespace = await team('skewed')
    const wrong = await start({ namespaces: [namespace], start: SLOT + 24 * HOUR, clockTolerance: 30_000 })
    await api.createTask(namespace, 'task', { ...atSlot, ...restart() })
    const seen = await api.untilTask(namespace, 'task', 'observed', isScheduled)
    await wrong.stop()
    // What it has written has the API server's time, else the slot would be one of the past.
    expect(seen.status).toMatchObject({ runCount: 0, missedCount: 0, nextRunTime: rfc3339(SLOT) })
    const { clock } = await begin([namespace])
    await api.untilTask(namespace, 'task', 'observed', isScheduled)
    clock.jumpTo(SLOT)
    const ran = await api.untilTask(namespace, 'task', 'ran', ended)
    expect(ran.status).toMatchObject({ runCount: 1, missedCount: 0, lastSlotTime: rfc3339(SLOT) })
  })
})
