import { describe, expect, it } from 'vitest'
import { at, changed, claimed, nightly, task } from '../../test/builders/task.ts'
import type { NotRun } from '../decide/events.ts'
import { factsOf } from './facts-of.ts'

const now = at('2026-01-05T20:00:10.5Z')
const notRun = (changes: Partial<NotRun>) =>
  ({
    event: 'NotRun',
    id: 'n',
    result: 'Missed',
    reason: 'StartingDeadline',
    message: 'm',
    operation: 'sleep',
    runReason: 'Schedule',
    slotTime: at('2026-01-04T20:00:00Z'),
    count: 3,
    ...changes,
  }) as const

const armed = task({ spec: nightly() })
const active = claimed(armed, '2026-01-05T20:00:00Z')

describe('what a write tells', () => {
  it('of slots that were missed or skipped', () => {
    const about = {
      task: 'team-a/nights-off',
      run: 'n',
      operation: 'sleep',
      message: 'm',
      slot: '2026-01-04T20:00:00Z',
    }
    expect(factsOf(armed, [notRun({}), notRun({ result: 'Skipped', reason: 'Overlap', count: 1 })], now)).toEqual([
      { fact: 'NotRun', ...about, result: 'Missed', reason: 'StartingDeadline', count: 3 },
      { fact: 'NotRun', ...about, result: 'Skipped', reason: 'Overlap', count: 1 },
    ])
  })

  it('of a run that is held back', () => {
    const waiting = { event: 'Waiting', rule: 'due', message: 'waiting: team-a is busy' } as const
    expect(factsOf(armed, [waiting], now)).toEqual([
      { fact: 'Waiting', task: armed.key, rule: 'due', message: 'waiting: team-a is busy' },
    ])
  })

  it('of a run that ends without a hand on it, with its time since the claim', () => {
    const end = { event: 'Ended', result: 'Failed', reason: 'Interrupted', message: 'm', changed: 0 } as const
    expect(factsOf(active, [end], now)).toEqual([
      {
        fact: 'Ended',
        task: 'team-a/nights-off',
        run: active.status.activeRun?.id,
        operation: 'sleep',
        result: 'Failed',
        reason: 'Interrupted',
        message: 'm',
        seconds: 10.5,
        attempt: 1,
      },
    ])
    expect(factsOf(active, [end], at('2026-01-05T19:00:00Z'))).toMatchObject([{ seconds: 0 }])
    expect(factsOf(armed, [end], now)).toEqual([])
    const { activeRun } = active.status
    if (!activeRun) throw new Error('there must be a run')
    const forged = changed(active, {
      status: { ...active.status, activeRun: { ...activeRun, startTime: '' } },
    })
    expect(factsOf(forged, [end], now)).toMatchObject([{ seconds: 0 }])
  })

  it('of a claim, a resumption and an answer nothing: whoever does them does', () => {
    const run = { event: 'Resumed', owner: 'x' } as const
    expect(factsOf(active, [run, { event: 'Handled', cancel: 't' }], now)).toEqual([])
  })
})
