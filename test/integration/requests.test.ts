import { beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { rfc3339 } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import type { Api } from '../harness/api.ts'
import { bench, ended, restart } from '../harness/proxied-operator.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Ahead of the real time, by which the API server dates what is created; before it no slot comes. */
const EVENING = (Math.floor(Date.now() / HOUR) + 2) * HOUR
const MORNING = EVENING + 11 * HOUR
const hours = (...from: readonly number[]) => `0 ${from.map(at => new Date(at).getUTCHours()).join(',')} * * *`

const nightly = { schedule: hours(EVENING), operation: { sleep: { wakeSchedule: hours(MORNING) } } }
/** Each hour, three times. */
const hourly = { schedule: hours(EVENING, EVENING + HOUR, EVENING + 2 * HOUR), ...restart() }
const isScheduled = ({ status }: ScheduledTask) => status?.phase === 'Scheduled'
const slept = ({ status }: ScheduledTask) => status?.sleeping !== undefined && !status.activeRun
const records = ({ status }: ScheduledTask) =>
  status?.history?.map(
    ({ operation, reason, result, resultReason }) => `${operation} ${reason} ${result} ${resultReason}`,
  )

describe('requests', () => {
  const { start, gate, team, api: connect } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const replicas = async (namespace: string) => (await api.get('deployments', namespace, 'web')).spec.replicas

  describe('rota.dev/wake', () => {
    test('wakes in the middle of the night, until the next evening, and is answered once', async () => {
      const namespace = await team('wake')
      const { clock } = await start({ namespaces: [namespace], start: EVENING - MINUTE })
      await api.createTask(namespace, 'task', nightly)
      await api.untilTask(namespace, 'task', 'observed', isScheduled)
      clock.jumpTo(EVENING)
      await api.untilTask(namespace, 'task', 'sleeps', slept)
      expect(await replicas(namespace)).toBe(0)
      await api.annotate(namespace, 'task', { 'rota.dev/wake': 'w1' })
      const awake = await api.untilTask(namespace, 'task', 'is awake', task => !slept(task) && ended(task))
      expect(awake.status).toMatchObject({ handled: { wake: 'w1' }, runCount: 2, nextRunTime: rfc3339(MORNING) })
      expect(await replicas(namespace)).toBe(1)
      clock.jumpTo(EVENING + 24 * HOUR)
      const again = await api.untilTask(namespace, 'task', 'sleeps again', slept)
      expect(again.status?.handled).toEqual({ wake: 'w1' })
      expect(records(again)).toEqual([
        'sleep Schedule Succeeded Completed',
        'wake Schedule Missed NewerSlot',
        'wake Request Succeeded Completed',
        'sleep Schedule Succeeded Completed',
      ])
    })

    test('ends a sleep that is active, and then wakes', async () => {
      const namespace = await team('wake-active')
      const { clock } = await start({ namespaces: [namespace], start: EVENING - MINUTE })
      const held = gate()
      await api.createTask(namespace, 'task', nightly)
      await api.untilTask(namespace, 'task', 'observed', isScheduled)
      clock.jumpTo(EVENING)
      await until(
        'it is writing',
        () => held.waiting.length,
        n => n === 1,
      )
      await api.annotate(namespace, 'task', { 'rota.dev/wake': 'w1' })
      const awake = await api.untilTask(
        namespace,
        'task',
        'woke',
        ({ status }) => status?.handled?.wake === 'w1' && !status.activeRun,
      )
      held.open()
      expect(records(awake)).toEqual(['wake Request Succeeded Completed', 'sleep Schedule Cancelled WakeRequested'])
      expect(await replicas(namespace)).toBe(1)
    })

    test('is consumed without effect where nothing sleeps by the task', async () => {
      const namespace = await team('wake-none')
      await start({ namespaces: [namespace] })
      await api.createTask(namespace, 'task', restart())
      await api.annotate(namespace, 'task', { 'rota.dev/wake': 'w1' })
      const { status } = await api.untilTask(namespace, 'task', 'answered', task => task.status?.handled?.wake === 'w1')
      expect(status).toMatchObject({ runCount: 0, phase: 'Idle' })
    })
  })

  describe('rota.dev/hold-until', () => {
    test('no run within the hold, no record of it either, and the first slot after it runs', async () => {
      const namespace = await team('hold')
      const { clock } = await start({ namespaces: [namespace], start: EVENING - MINUTE })
      await api.createTask(namespace, 'task', hourly)
      await api.untilTask(namespace, 'task', 'observed', isScheduled)
      const hold = rfc3339(EVENING + 30 * MINUTE)
      await api.annotate(namespace, 'task', { 'rota.dev/hold-until': hold })
      const held = await api.untilTask(namespace, 'task', 'is held', ({ status }) => status?.phase === 'Suspended')
      expect(held.status).toMatchObject({ holdUntil: hold, nextRunTime: rfc3339(EVENING + HOUR) })
      expect(held.status?.conditions).toMatchObject([
        { type: 'Ready', status: 'True', reason: 'Held', message: `no scheduled runs until ${hold}` },
      ])
      clock.jumpTo(EVENING + 31 * MINUTE)
      const free = await api.untilTask(namespace, 'task', 'is free again', isScheduled)
      expect(free.status?.holdUntil).toBeUndefined()
      expect(free.status?.history).toBeUndefined()
      clock.jumpTo(EVENING + HOUR)
      const ran = await api.untilTask(namespace, 'task', 'ran', ended)
      expect(ran.status).toMatchObject({ runCount: 1, missedCount: 0, lastSlotTime: rfc3339(EVENING + HOUR) })
    })

    test('who holds until 22:00 sleeps at 22:00', async () => {
      const namespace = await team('hold-sleep')
      const { clock } = await start({ namespaces: [namespace], start: EVENING - MINUTE })
      await api.createTask(namespace, 'task', nightly)
      await api.annotate(namespace, 'task', { 'rota.dev/hold-until': rfc3339(EVENING + 2 * HOUR) })
      const held = await api.untilTask(namespace, 'task', 'is held', ({ status }) => status?.phase === 'Suspended')
      expect(held.status?.nextRunTime).toBe(rfc3339(EVENING + 2 * HOUR))
      clock.jumpTo(EVENING + 2 * HOUR - MINUTE)
      expect(await replicas(namespace)).toBe(1)
      clock.jumpTo(EVENING + 2 * HOUR)
      const asleep = await api.untilTask(namespace, 'task', 'sleeps', slept)
      expect(asleep.status).toMatchObject({ missedCount: 0, lastSlotTime: rfc3339(EVENING) })
    })

    test('a hold that is taken back fires nothing for the time in between', async () => {
      const namespace = await team('hold-back')
      const { clock } = await start({ namespaces: [namespace], start: EVENING - MINUTE })
      await api.createTask(namespace, 'task', hourly)
      await api.annotate(namespace, 'task', { 'rota.dev/hold-until': rfc3339(EVENING + 24 * HOUR) })
      await api.untilTask(namespace, 'task', 'is held', ({ status }) => status?.phase === 'Suspended')
      clock.jumpTo(EVENING + MINUTE)
      await api.annotate(namespace, 'task', { 'rota.dev/hold-until': null })
      const free = await api.untilTask(namespace, 'task', 'is free again', isScheduled)
      expect(free.status).toMatchObject({ runCount: 0, missedCount: 0, nextRunTime: rfc3339(EVENING + HOUR) })
    })

    test('a hold that is no time stalls the task, and the right one cures it', async () => {
      const namespace = await team('hold-bad')
      await start({ namespaces: [namespace] })
      await api.createTask(namespace, 'task', { schedule: '0 20 * * *', ...restart() })
      await api.annotate(namespace, 'task', { 'rota.dev/hold-until': 'tomorrow' })
      const { status } = await api.untilTask(namespace, 'task', 'stalls', task => task.status?.phase === 'Stalled')
      expect(status?.conditions).toContainEqual(
        expect.objectContaining({
          type: 'Stalled',
          reason: 'InvalidRequest',
          message: 'annotation rota.dev/hold-until must be an RFC 3339 time such as 2026-11-24T22:00:00Z',
        }),
      )
      await api.annotate(namespace, 'task', { 'rota.dev/hold-until': '2020-01-01T00:00:00Z' })
      await api.untilTask(namespace, 'task', 'is cured', isScheduled)
    })
  })

  describe('rota.dev/cancel', () => {
    test('cancels a run that waits for its namespace, and not the one that it waits for', async () => {
      const namespace = await team('cancel-waiting')
      await start({ namespaces: [namespace] })
      const held = gate()
      for (const name of ['first', 'second']) await api.createTask(namespace, name, restart())
      await api.annotate(namespace, 'first', { 'rota.dev/run': '1' })
      await until(
        'the first is writing',
        () => held.waiting.length,
        n => n === 1,
      )
      await api.annotate(namespace, 'second', { 'rota.dev/run': '1' })
      await api.annotate(namespace, 'second', { 'rota.dev/cancel': 'c1' })
      const cancelled = await api.untilTask(namespace, 'second', 'cancelled', ended)
      expect(cancelled.status).toMatchObject({ runCount: 0, handled: { run: '1', cancel: 'c1' } })
      expect(records(cancelled)).toEqual(['restart Request Cancelled Requested'])
      held.open()
      const first = await api.untilTask(namespace, 'first', 'ran', ended)
      expect(first.status?.lastResult).toBe('Succeeded')
    })
  })
})
