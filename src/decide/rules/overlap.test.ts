import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { claimed, edited, task, written } from '../../../test/builders/task.ts'

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
