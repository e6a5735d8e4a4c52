import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { changed, claimed, edited, nightly, ran, task, written } from '../../../test/builders/task.ts'

const created = task({ spec: nightly() })
const sleeps = claimed(created, '2026-01-05T20:00:00Z')
const wakes = claimed(ran(created, '2026-01-05T20:00:00Z'), '2026-01-06T07:00:00Z')
const requested = claimed(changed(created, { requests: { run: 'now' } }), '2026-01-05T19:59:00Z')
const moved = edited(wakes, { timeZone: 'Etc/GMT-1' })
const working = { working: true }

describe('a run of a sleep with wakeSchedule ends when its slot is no longer the newest', () => {
  table([
    {
      given: 'a sleep, one second before the wake slot',
      so: 'goes on',
      task: sleeps,
      now: '2026-01-06T06:59:59Z',
      world: working,
      decides: { rule: 'running', do: 'Nothing', lookAgain: Date.parse('2026-01-06T07:00:00Z') },
    },
    {
      given: 'a sleep at the wake slot',
      so: 'is stopped',
      task: sleeps,
      now: '2026-01-06T07:00:00Z',
      world: working,
      decides: { rule: 'supersededRun', do: 'Stop', because: 'Superseded' },
    },
    {
      given: 'a sleep at the wake slot, of a process that is gone',
      so: 'is not resumed',
      task: sleeps,
      now: '2026-01-06T07:00:00Z',
      decides: { do: 'Stop', because: 'Superseded' },
    },
    {
      given: 'a wake at the sleep slot',
      so: 'is stopped',
      task: wakes,
      now: '2026-01-06T20:00:00Z',
      world: working,
      decides: { do: 'Stop', because: 'Superseded' },
    },
    {
      given: 'a requested sleep at the sleep slot',
      so: 'is stopped',
      task: requested,
      now: '2026-01-05T20:00:00Z',
      world: working,
      decides: { do: 'Stop', because: 'Superseded' },
    },
    {
      given: 'a requested sleep between the slots',
      so: 'goes on',
      task: requested,
      now: '2026-01-05T19:59:59Z',
      world: working,
      decides: { rule: 'running' },
    },
    {
      given: 'suspended',
      so: 'the active one ends normally',
      task: written(edited(wakes, { suspend: true }), '2026-01-06T07:01:00Z'),
      now: '2026-01-06T20:00:01Z',
      world: working,
      decides: { rule: 'running', do: 'Nothing' },
    },
    {
      given: 'an edit while it wakes moves the slots, one of them to the past',
      so: 'slots from before the edit do not count',
      task: moved,
      now: '2026-01-06T19:30:00Z',
      world: working,
      decides: { rule: 'unobserved', do: 'Write' },
    },
    {
      given: 'the same, acknowledged',
      so: 'goes on',
      task: written(moved, '2026-01-06T19:30:00Z'),
      now: '2026-01-06T19:30:01Z',
      world: working,
      decides: { rule: 'running', do: 'Nothing' },
    },
    {
      given: 'the task is being deleted, and a sleep slot comes',
      so: 'the wake goes on',
      task: changed(wakes, { deleted: Date.parse('2026-01-06T19:59:59Z'), finalizers: ['rota.dev/wake'] }),
      now: '2026-01-06T20:00:00Z',
      world: working,
      decides: { rule: 'running' },
    },
  ])
})
