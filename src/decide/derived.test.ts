import { describe, expect, it } from 'vitest'
import { at, changed, claimed, edited, nightly, specOf, task, written } from '../../test/builders/task.ts'
import { fold } from './fold.ts'

const seen = '2026-01-05T00:00:00Z'
const later = '2026-01-05T09:00:00Z'
const daily = task({ spec: { schedule: '0 12 * * *' } })
const stalled = written(edited(daily, { schedule: '61 * * * *' }), later)

describe('phase: the first that holds', () => {
  const waits = { event: 'Waiting', rule: 'due', message: 'waiting' } as const
  it.each([
    ['Stalled', stalled],
    ['Stalled', changed(claimed(daily, '2026-01-05T12:00:00Z'), { requests: { run: 'two words' } })],
    ['Running', claimed(daily, '2026-01-05T12:00:00Z')],
    ['Running', edited(claimed(daily, '2026-01-05T12:00:00Z'), { suspend: true })],
    ['Suspended', task({ spec: { schedule: '0 12 * * *', suspend: true } })],
    ['Suspended', task({ spec: { suspend: true } })],
    ['Scheduled', daily],
    ['Idle', task()],
  ])('%s', (phase, before) => {
    expect(fold(before, [], at(later)).phase).toBe(phase)
  })

  it('Waiting, also of a task without a schedule, and only as long as it is said', () => {
    const waiting = written(task({ run: 'r' }), later, waits)
    expect(waiting.status).toMatchObject({ phase: 'Waiting', lastMessage: 'waiting' })
    expect(fold(waiting, [], at(later)).phase).toBe('Idle')
  })
})

describe('conditions, as kstatus reads them', () => {
  it('is ready when it can be scheduled, and says what will happen', () => {
    expect(task({ spec: nightly({ timeZone: 'Europe/Berlin' }) }).status.conditions).toEqual([
      {
        type: 'Ready',
        status: 'True',
        reason: 'Scheduled',
        message: 'sleep at "0 20 * * *", wake at "0 7 * * *" (Europe/Berlin)',
        lastTransitionTime: seen,
        observedGeneration: 1,
      },
    ])
  })

  it('stays ready when it is suspended, with that reason', () => {
    const { conditions } = fold(edited(daily, { suspend: true }), [], at(later))
    expect(conditions).toMatchObject([{ type: 'Ready', status: 'True', reason: 'Suspended', lastTransitionTime: seen }])
  })

  it('stalled: both say why, and since when', () => {
    const about = { reason: 'InvalidSchedule', lastTransitionTime: later, observedGeneration: 2 }
    expect(stalled.status.conditions).toMatchObject([
      { type: 'Ready', status: 'False', ...about, message: expect.stringContaining('spec.schedule') },
      { type: 'Stalled', status: 'True', ...about },
    ])
  })

  it('changes lastTransitionTime with the status only, not with reason or message', () => {
    const again = written(edited(stalled, { schedule: '62 * * * *' }), '2026-01-05T10:00:00Z')
    expect(again.status.conditions?.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([later, later])
    expect(again.status.conditions?.[0]?.message).toContain('62')
    const cured = written(edited(again, { schedule: '0 12 * * *' }), '2026-01-05T11:00:00Z')
    expect(cured.status.conditions).toMatchObject([{ type: 'Ready', lastTransitionTime: '2026-01-05T11:00:00Z' }])
  })
})

describe('next runs', () => {
  it('are five, of both schedules, in local time with offset', () => {
    const { status } = task({ spec: nightly({ timeZone: 'Europe/Berlin' }) })
    expect(status.nextRunTime).toBe('2026-01-05T06:00:00Z')
    expect(status.nextRuns).toEqual([
      '2026-01-05T07:00:00+01:00',
      '2026-01-05T20:00:00+01:00',
      '2026-01-06T07:00:00+01:00',
      '2026-01-06T20:00:00+01:00',
      '2026-01-07T07:00:00+01:00',
    ])
  })

  it.each([
    ['suspended', specOf({ schedule: '0 12 * * *', suspend: true })],
    ['stalled', specOf({ schedule: '61 * * * *' })],
    ['without a schedule', specOf()],
  ])('are none when %s', (_, spec) => {
    const { status } = task({ spec, status: { nextRunTime: seen, nextRuns: [seen] } })
    const after = fold(changed(daily, { status }), [], at(later))
    expect(after.nextRunTime).toBe('2026-01-05T12:00:00Z')
    const { nextRunTime, nextRuns } = fold(task({ spec, status }), [], at(later))
    expect({ nextRunTime, nextRuns }).toEqual({ nextRunTime: undefined, nextRuns: undefined })
  })
})

describe('since when slots are owed', () => {
  const since = (before: typeof daily) => fold(before, [], at(later)).schedule?.since
  it.each([
    ['the schedule', { schedule: '0 13 * * *' }, later],
    ['the zone', { timeZone: 'Europe/Berlin' }, later],
    ['suspend', { suspend: true }, later],
    ['the wakeSchedule', nightly({}, '0 8 * * *'), later],
    ['the title', { title: 'New' }, seen],
    ['the account', { serviceAccountName: 'rota' }, seen],
    ['the deadline', { startingDeadlineSeconds: 10 }, seen],
  ])('an edit of %s', (_, change, expected) => {
    const before = task({ spec: _ === 'the wakeSchedule' ? nightly() : { schedule: '0 12 * * *' } })
    expect(since(edited(before, change))).toBe(expected)
  })

  it('its creation, however late it is seen first', () => {
    expect(since(task({ observed: false, spec: { schedule: '0 12 * * *' } }))).toBe(seen)
  })

  it('the end of a stall that was no edit', () => {
    const annotated = task({ spec: { schedule: '0 12 * * *' }, annotations: { 'rota.dev/wake': 'no token' } })
    expect(since(annotated)).toBe(seen)
    expect(since(changed(annotated, { requests: {} }))).toBe(later)
  })
})
