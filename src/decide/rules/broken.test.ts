import { describe, expect } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { at, claimed, edited, ended, nightly, ran, task, written } from '../../../test/builders/task.ts'
import type { Task } from '../task.ts'

const failed = { result: 'Failed', reason: 'Forbidden', message: 'no rights' } as const
const hourly = task({ spec: { schedule: '0 * * * *', suspendAfterFailures: 2 } })
const once = ran(hourly, '2026-01-05T01:00:00Z', failed)
const twice = ran(once, '2026-01-05T02:00:00Z', failed)
const asks = (before: Task, run: string) => task({ spec: before.spec, status: before.status, run })
const sleeper = task({ spec: nightly({ suspendAfterFailures: 1 }) })
const brokenAsleep = ran(sleeper, '2026-01-05T20:00:00Z', failed)

describe('suspendAfterFailures (2 here): the breaker', () => {
  table([
    {
      given: 'one failure',
      so: 'the next slot runs',
      task: once,
      now: '2026-01-05T02:00:00Z',
      decides: { rule: 'due', do: 'Start' },
    },
    {
      given: 'one failure and a success',
      so: 'the count begins anew',
      task: ran(ran(once, '2026-01-05T02:00:00Z'), '2026-01-05T03:00:00Z', failed),
      now: '2026-01-05T04:00:00Z',
      decides: { rule: 'due', do: 'Start' },
    },
    {
      given: 'two failures in a row',
      so: 'nothing is scheduled, and nobody looks again',
      task: twice,
      now: '2026-01-05T03:00:00Z',
      decides: {
        rule: 'broken',
        do: 'Nothing',
        message: expect.stringContaining('2 runs in a row have failed'),
      },
    },
    {
      given: 'a request',
      so: 'runs',
      task: asks(twice, 'r1'),
      now: '2026-01-05T03:30:00Z',
      decides: { rule: 'requested', do: 'Start' },
    },
    {
      given: 'the request failed too',
      so: 'it stays open',
      task: ran(asks(twice, 'r1'), '2026-01-05T03:30:00Z', failed),
      now: '2026-01-05T04:00:00Z',
      decides: { rule: 'broken' },
    },
    {
      given: 'the request succeeded',
      so: 'it is closed: the next slot runs, and none of the time in between',
      task: ran(asks(twice, 'r1'), '2026-01-05T03:30:00Z'),
      now: '2026-01-05T04:00:00Z',
      decides: { rule: 'due', do: 'Start', events: [] },
    },
    {
      given: 'an edit',
      so: 'it is closed, and fires nothing for the past',
      task: written(edited(twice, { title: 'mended' }), '2026-01-05T03:30:00Z'),
      now: '2026-01-05T03:30:01Z',
      decides: { rule: 'idle', do: 'Nothing', lookAgain: at('2026-01-05T04:00:00Z') },
    },
    {
      given: 'an edit, and one failure after it',
      so: 'it stays closed: the count began anew',
      task: ran(written(edited(twice, { title: 'mended' }), '2026-01-05T03:30:00Z'), '2026-01-05T04:00:00Z', failed),
      now: '2026-01-05T05:00:00Z',
      decides: { rule: 'due', do: 'Start' },
    },
    {
      given: 'a sleep that failed, and the next morning',
      so: 'wakes all the same',
      task: brokenAsleep,
      now: '2026-01-06T07:00:00Z',
      decides: { rule: 'due', do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: 'that wake succeeded, and the next evening',
      so: 'does not sleep: only a request or an edit closes it',
      task: ended(claimed(brokenAsleep, '2026-01-06T07:00:00Z'), '2026-01-06T07:00:05Z'),
      now: '2026-01-06T20:00:00Z',
      decides: { rule: 'broken', do: 'Nothing', lookAgain: at('2026-01-07T07:00:00Z') },
    },
  ])
})
