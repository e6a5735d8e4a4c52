import { describe, expect, it } from 'vitest'
import {
  at,
  changed,
  claimed,
  decided,
  edited,
  ended,
  nightly,
  ran,
  specOf,
  task,
  written,
} from '../../test/builders/task.ts'
import type { Result } from '../api/task.ts'
import { sameJson } from '../lib/json.ts'
import { fold } from './fold.ts'
import type { Task } from './task.ts'

const daily = task({ spec: { schedule: '0 12 * * *', title: 'Nights off', costCenter: 'cc-1' } })
const noon = '2026-01-05T12:00:00Z'
const claim = claimed(daily, noon)

describe('the claim', () => {
  it('counts the run and notes its slot, its start and who works on it', () => {
    expect(claim.status).toMatchObject({
      phase: 'Running',
      runCount: 1,
      lastSlotTime: noon,
      lastRunTime: noon,
      activeRun: {
        slotTime: noon,
        attempt: 1,
        owner: 'rota-1',
        resumed: 0,
        namespaces: ['team-a'],
        reason: 'Schedule',
      },
    })
  })

  it('answers the request in the same write', () => {
    const { status } = claimed(task({ run: 'r1', status: { handled: { cancel: 'c1' } } }), noon)
    expect(status.handled).toEqual({ run: 'r1', cancel: 'c1' })
    expect(status.runCount).toBe(1)
  })

  it('notes who resumed it, and how often', () => {
    const twice = [1, 2].reduce(before => written(before, noon, { event: 'Resumed', owner: 'rota-2' }), claim)
    expect(twice.status).toMatchObject({ runCount: 1, activeRun: { owner: 'rota-2', resumed: 2, attempt: 1 } })
  })

  it('notes when the next attempt is due, and says why', () => {
    const nextAttemptTime = at(noon) + 60_000
    const event = { event: 'AttemptFailed', nextAttempt: 2, nextAttemptTime, message: 'away' } as const
    const { status } = written(claim, noon, event)
    expect(status).toMatchObject({ errorCount: 0, lastMessage: 'away', phase: 'Running' })
    expect(status.activeRun).toMatchObject({ attempt: 2, nextAttemptTime: '2026-01-05T12:01:00.000Z' })
  })
})

describe('the end of a run', () => {
  it.each<[Extract<Result, 'Succeeded' | 'Failed' | 'TimedOut' | 'Cancelled'>, object]>([
    ['Succeeded', { errorCount: 1, consecutiveFailures: 0, lastSuccessfulSlotTime: noon }],
    ['Failed', { errorCount: 2, consecutiveFailures: 2 }],
    ['TimedOut', { errorCount: 2, consecutiveFailures: 2 }],
    ['Cancelled', { errorCount: 1, consecutiveFailures: 1 }],
  ])('%s counts', (result, expected) => {
    const before = changed(claim, { status: { ...claim.status, errorCount: 1, consecutiveFailures: 1 } })
    const { status } = ended(before, '2026-01-05T12:00:07Z', { result })
    expect(status).toMatchObject({ runCount: 1, missedCount: 0, lastResult: result, phase: 'Scheduled', ...expected })
    expect(status.activeRun).toBeUndefined()
    expect(status.lastFailedTime).toBe(
      result === 'Failed' || result === 'TimedOut' ? '2026-01-05T12:00:07Z' : undefined,
    )
    expect(status.lastSuccessfulTime).toBe(result === 'Succeeded' ? '2026-01-05T12:00:07Z' : undefined)
  })

  it('leaves a record', () => {
    const { status } = ended(claim, '2026-01-05T12:00:07Z', { result: 'Failed', error: 'no rights', changed: 2 })
    expect(status.history).toEqual([
      {
        id: claim.status.activeRun?.id,
        operation: 'restart',
        reason: 'Schedule',
        slotTime: noon,
        startTime: '2026-01-05T12:00:00.000Z',
        durationMilliseconds: 7000,
        result: 'Failed',
        resultReason: 'Forbidden',
        attempts: 1,
        command: 'restart deployment,statefulset,daemonset in namespace/team-a',
        namespaces: ['team-a'],
        namespaceCount: 1,
        title: 'Nights off',
        costCenter: 'cc-1',
        changed: 2,
        error: 'no rights',
      },
    ])
  })

  it('of a request does not touch what is known of slots', () => {
    const { status } = ran(task({ run: 'r1' }), noon)
    expect(status).toMatchObject({ lastSuccessfulTime: noon, lastRunTime: noon })
    expect(status.lastSlotTime ?? status.lastSuccessfulSlotTime).toBeUndefined()
  })

  it('comes once: without an active run it changes nothing', () => {
    const once = ended(claim, noon)
    expect(ended(once, noon).status).toEqual(once.status)
  })

  it('names five namespaces of many, and their number', () => {
    const namespaces = Array.from({ length: 50 }, (_, n) => `team-${n}`)
    const entry = ran(task({ run: 'r1', spec: { target: { namespaces } } }), noon).status.history?.[0]
    expect(entry?.namespaces).toEqual(namespaces.slice(0, 5))
    expect(entry?.namespaceCount).toBe(50)
  })
})

describe('a slot that does not run', () => {
  it('is missed: counted by its number, and it moves the slot', () => {
    const slots = task({ spec: { schedule: '*/10 * * * *', startingDeadlineSeconds: 10 } })
    const decision = decided(slots, '2026-01-05T00:35:00Z')
    if (decision.do !== 'Write') throw new Error('must write')
    const { status } = written(slots, '2026-01-05T00:35:00Z', ...decision.events)
    expect(status).toMatchObject({ missedCount: 3, runCount: 0, errorCount: 0, lastSlotTime: '2026-01-05T00:30:00Z' })
    expect(status.history).toMatchObject([{ result: 'Missed', count: 3, attempts: 0 }])
  })

  it('of one slot has no count in its record', () => {
    const decision = decided(daily, '2026-01-05T14:00:00Z')
    if (decision.do !== 'Write') throw new Error('must write')
    const { status } = written(daily, '2026-01-05T14:00:00Z', ...decision.events)
    expect(status.missedCount).toBe(1)
    expect(status.history?.[0]?.count).toBeUndefined()
  })
})

describe('history', () => {
  function afterRuns(runs: number, historyLimit: number): Task {
    let now: Task = task({ spec: specOf({ schedule: '* * * * *', historyLimit }) })
    for (let n = 1; n <= runs; n++) now = ran(now, `2026-01-05T00:${String(n).padStart(2, '0')}:00Z`)
    return now
  }

  it('is newest first and as long as the spec says', () => {
    const { status } = afterRuns(5, 3)
    const slots = status.history?.map(({ slotTime }) => slotTime)
    expect(slots).toEqual(['2026-01-05T00:05:00Z', '2026-01-05T00:04:00Z', '2026-01-05T00:03:00Z'])
    expect(status.runCount).toBe(5)
  })

  it('is empty with a limit of 0', () => {
    expect(afterRuns(2, 0).status).toMatchObject({ history: [], runCount: 2, lastResult: 'Succeeded' })
  })

  it('becomes shorter as soon as the limit does', () => {
    expect(written(edited(afterRuns(5, 10), { historyLimit: 2 }), noon).status.history).toHaveLength(2)
  })
})

describe('what fold does not know', () => {
  const { status } = daily
  const foreign = { ...status, newerField: { kept: true } } as typeof status
  it('survives every event', () => {
    const run = ran(changed(daily, { status: foreign }), noon)
    expect(run.status).toMatchObject({ newerField: { kept: true }, runCount: 1 })
  })

  it('keeps conditions of other types', () => {
    const newer = {
      type: 'Audited',
      status: 'True',
      reason: 'Signed',
      message: 'by a newer version',
      lastTransitionTime: noon,
    } as const
    const before = changed(daily, { status: { ...status, conditions: [newer, ...(status.conditions ?? [])] } })
    expect(ran(before, noon).status.conditions?.map(({ type }) => type)).toEqual(['Ready', 'Audited'])
  })
})

describe('a fixpoint', () => {
  it.each([
    ['created', daily, noon],
    ['running', claim, noon],
    ['ended', ended(claim, noon), noon],
    ['suspended', task({ spec: { schedule: '0 12 * * *', suspend: true } }), noon],
    ['stalled', task({ spec: { schedule: '61 * * * *' } }), noon],
    ['without a schedule', task(), noon],
    ['asleep', ran(task({ spec: nightly() }), '2026-01-05T20:00:00Z'), '2026-01-05T20:00:00Z'],
    ['as long as it may be', task({ spec: { historyLimit: 20 }, status: { lastMessage: 'ä'.repeat(1000) } }), noon],
  ])('%s: nothing happened, nothing to write', (_, before, now) => {
    const once = fold(before, [], at(now))
    const twice = fold(changed(before, { status: once }), [], at(now) + 1000)
    expect(sameJson(twice, once)).toBe(true)
    expect(sameJson(once, JSON.parse(JSON.stringify(once)))).toBe(true)
  })

  it('does not write again before the next slot', () => {
    const { status } = ended(claim, noon)
    expect(fold(ended(claim, noon), [], at('2026-01-06T11:59:59Z'))).toEqual(status)
  })
})
