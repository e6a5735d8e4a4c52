import { describe, expect } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { at, changed, nightly, ran, task, written } from '../../../test/builders/task.ts'

const TEN = '2026-01-05T22:00:00Z'
const hourly = { schedule: '0 * * * *' }
const held = task({ spec: hourly, hold: TEN, created: '2026-01-05T19:30:00Z' })
const sleeper = task({ spec: nightly(), hold: TEN })
const noted = written(sleeper, '2026-01-05T19:00:00Z')

describe('rota.dev/hold-until: no scheduled runs until then', () => {
  table([
    {
      given: 'a slot within the hold',
      so: 'nothing until the hold ends',
      task: held,
      now: '2026-01-05T20:30:00Z',
      decides: { rule: 'held', do: 'Nothing', message: `held until ${TEN} by rota.dev/hold-until`, lookAgain: at(TEN) },
    },
    {
      given: 'it has ended, three slots later',
      so: 'nothing is owed for it: not even its last instant',
      task: held,
      now: '2026-01-05T22:00:01Z',
      decides: { rule: 'idle', do: 'Write', events: [], lookAgain: at('2026-01-05T23:00:00Z') },
    },
    {
      given: 'the first slot after it',
      so: 'runs, and nothing was missed',
      task: held,
      now: '2026-01-05T23:00:00Z',
      decides: { rule: 'due', do: 'Start', events: [] },
    },
    {
      given: 'a request within the hold',
      so: 'runs',
      task: task({ spec: hourly, hold: TEN, run: 'r1' }),
      now: '2026-01-05T20:30:00Z',
      decides: { rule: 'requested', do: 'Start' },
    },
    {
      given: 'it is taken back',
      so: 'fires nothing for the past',
      task: changed(held, { requests: {} }),
      now: '2026-01-05T20:30:00Z',
      decides: { do: 'Write', events: [], lookAgain: at('2026-01-05T21:00:00Z') },
    },
    {
      given: 'it is made longer while no operator is there, and ends',
      so: 'nothing is owed up to the later end',
      task: changed(held, { requests: { hold: '2026-01-06T02:00:00Z' } }),
      now: '2026-01-06T02:30:00Z',
      decides: { do: 'Write', events: [], lookAgain: at('2026-01-06T03:00:00Z') },
    },
    {
      given: 'a hold of more than 366 days',
      so: 'stalled: probably a typing error',
      task: task({ spec: hourly, hold: '2062-01-05T22:00:00Z' }),
      now: '2026-01-05T20:00:00Z',
      decides: { rule: 'stalled', message: expect.stringContaining('a hold lasts 366 days at most') },
    },
  ])
})

describe('a hold of a sleep with wakeSchedule: afterwards it is as the newest slot says', () => {
  table([
    {
      given: 'the sleep slot lies within it',
      so: 'nothing yet',
      task: noted,
      now: '2026-01-05T20:00:00Z',
      decides: { rule: 'held', do: 'Nothing' },
    },
    {
      given: 'it ends at ten',
      so: 'sleeps at ten',
      task: noted,
      now: TEN,
      decides: {
        rule: 'due',
        do: 'Start',
        run: { operation: 'sleep', slotTime: at('2026-01-05T20:00:00Z') },
        events: [],
      },
    },
    {
      given: 'it is taken back at nine',
      so: 'sleeps at nine',
      task: changed(noted, { requests: {} }),
      now: '2026-01-05T21:00:00Z',
      decides: { rule: 'due', do: 'Start', run: { operation: 'sleep' } },
    },
    {
      given: 'it ends days later, at noon, after a sleep before it',
      so: 'wakes, and what lay within it leaves no record',
      task: task({
        spec: nightly(),
        hold: '2026-01-08T12:00:00Z',
        status: ran(task({ spec: nightly() }), '2026-01-05T20:00:00Z').status,
      }),
      now: '2026-01-08T12:00:00Z',
      decides: { do: 'Start', run: { operation: 'wake', slotTime: at('2026-01-08T07:00:00Z') }, events: [] },
    },
    {
      given: 'the morning lies within it',
      so: 'it is not woken before its end',
      task: task({
        spec: nightly(),
        hold: '2026-01-06T10:00:00Z',
        status: ran(task({ spec: nightly() }), '2026-01-05T20:00:00Z').status,
      }),
      now: '2026-01-06T08:00:00Z',
      decides: { rule: 'held', lookAgain: at('2026-01-06T10:00:00Z') },
    },
  ])
})
