import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { at, claimed, edited, ended, task, written } from '../../../test/builders/task.ts'

const created = task({ spec: { schedule: '*/10 * * * *' } })
const active = claimed(created, '2026-01-05T00:10:00Z')
const working = { working: true }

describe('a slot that comes due while a run is active is skipped', () => {
  table([
    {
      given: 'one second before the next slot',
      so: 'nothing, and looks again at it',
      task: active,
      now: '2026-01-05T00:19:59Z',
      world: working,
      decides: { rule: 'running', do: 'Nothing', lookAgain: Date.parse('2026-01-05T00:20:00Z') },
    },
    {
      given: 'at the next slot',
      so: 'skipped as an overlap',
      task: active,
      now: '2026-01-05T00:20:00Z',
      world: working,
      decides: {
        rule: 'overlap',
        do: 'Write',
        events: [
          {
            event: 'NotRun',
            result: 'Skipped',
            reason: 'Overlap',
            slotTime: Date.parse('2026-01-05T00:20:00Z'),
            count: 1,
          },
        ],
      },
    },
    {
      given: 'three slots later, nobody having looked meanwhile',
      so: 'the newest is skipped, those before are missed: each has a record',
      task: active,
      now: '2026-01-05T00:40:00Z',
      world: working,
      decides: {
        do: 'Write',
        events: [
          { result: 'Missed', count: 2, slotTime: Date.parse('2026-01-05T00:30:00Z') },
          { result: 'Skipped', count: 1, slotTime: Date.parse('2026-01-05T00:40:00Z') },
        ],
      },
    },
    {
      given: 'in the pause before the next attempt',
      so: 'skipped too: the run is active',
      task: written(active, '2026-01-05T00:19:00Z', {
        event: 'AttemptFailed',
        nextAttempt: 2,
        nextAttemptTime: Date.parse('2026-01-05T00:25:00Z'),
        message: 'away',
      }),
      now: '2026-01-05T00:20:00Z',
      decides: { rule: 'overlap', do: 'Write' },
    },
    {
      given: 'suspended',
      so: 'owes nothing',
      task: written(edited(active, { suspend: true }), '2026-01-05T00:15:00Z'),
      now: '2026-01-05T00:20:00Z',
      world: working,
      decides: { rule: 'running' },
    },
  ])
})

describe('concurrencyPolicy Queue: the newest slot waits', () => {
  const queued = claimed(
    task({ spec: { schedule: '*/10 * * * *', concurrencyPolicy: 'Queue' } }),
    '2026-01-05T00:10:00Z',
  )
  const second = at('2026-01-05T00:20:00Z')
  table([
    {
      given: 'a slot comes due',
      so: 'it waits without a record; the status tells the next run',
      task: queued,
      now: '2026-01-05T00:20:00Z',
      world: working,
      decides: { rule: 'running', do: 'Write', events: [], lookAgain: at('2026-01-05T00:30:00Z') },
    },
    {
      given: 'a second one comes due',
      so: 'the older one is skipped, the newer one waits',
      task: queued,
      now: '2026-01-05T00:30:00Z',
      world: working,
      decides: {
        rule: 'overlap',
        do: 'Write',
        events: [{ result: 'Skipped', reason: 'Superseded', slotTime: second, count: 1 }],
      },
    },
    {
      given: 'the run has ended',
      so: 'the slot that has waited starts',
      task: ended(queued, '2026-01-05T00:25:00Z'),
      now: '2026-01-05T00:25:00Z',
      decides: { rule: 'due', do: 'Start', run: { slotTime: second }, events: [] },
    },
    {
      given: 'cancelled while a slot waits',
      so: 'the active run ends; the slot is another one',
      task: task({ cancel: 'c1', spec: queued.spec, status: queued.status }),
      now: '2026-01-05T00:20:00Z',
      world: working,
      decides: { rule: 'cancelledRun', do: 'Stop' },
    },
  ])
})

describe('concurrencyPolicy Replace: the slot takes the place of the active run', () => {
  const replaced = claimed(
    task({ spec: { schedule: '*/10 * * * *', concurrencyPolicy: 'Replace' } }),
    '2026-01-05T00:10:00Z',
  )
  table([
    {
      given: 'a slot comes due',
      so: 'the active run is stopped',
      task: replaced,
      now: '2026-01-05T00:20:00Z',
      world: working,
      decides: { rule: 'overlap', do: 'Stop', because: 'Replaced' },
    },
    {
      given: 'it is stopped',
      so: 'the slot starts',
      task: ended(replaced, '2026-01-05T00:20:01Z', { result: 'Cancelled', reason: 'Replaced' }),
      now: '2026-01-05T00:20:01Z',
      decides: { rule: 'due', do: 'Start', run: { slotTime: at('2026-01-05T00:20:00Z') } },
    },
    {
      given: 'its requests take so long to end that another slot comes due',
      so: 'the older one is skipped first',
      task: replaced,
      now: '2026-01-05T00:30:00Z',
      world: working,
      decides: {
        do: 'Write',
        events: [{ result: 'Skipped', reason: 'Superseded', slotTime: at('2026-01-05T00:20:00Z') }],
      },
    },
    {
      given: 'the active run is one on request',
      so: 'it is stopped too',
      task: claimed(task({ run: 'r1', spec: replaced.spec }), '2026-01-05T00:15:00Z'),
      now: '2026-01-05T00:20:00Z',
      world: working,
      decides: { do: 'Stop', because: 'Replaced' },
    },
  ])
})
