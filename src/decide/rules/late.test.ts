import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { at, claimed, nightly, ran, task } from '../../../test/builders/task.ts'

const NOON = '2026-01-05T12:00:00Z'
const daily = task({ spec: { schedule: '0 12 * * *', startingDeadlineSeconds: 60 } })
const queueing = { startingDeadlineSeconds: 60, concurrencyPolicy: 'Queue' } as const

describe('after the starting deadline a slot is missed, whatever has held it', () => {
  table([
    {
      given: 'a minute after the slot',
      so: 'starts',
      task: daily,
      now: '2026-01-05T12:01:00Z',
      decides: { rule: 'due', do: 'Start' },
    },
    {
      given: 'a second later',
      so: 'missed',
      task: daily,
      now: '2026-01-05T12:01:01Z',
      decides: {
        rule: 'late',
        do: 'Write',
        message: `not started within 60 s of ${NOON}`,
        events: [{ event: 'NotRun', result: 'Missed', reason: 'StartingDeadline', slotTime: at(NOON), count: 1 }],
      },
    },
    {
      given: 'its namespace was busy all the time',
      so: 'the record says with what',
      task: daily,
      now: '2026-01-05T12:01:01Z',
      world: { heldBack: { since: at(NOON), message: 'waiting: team-a is busy with team-a/other' } },
      decides: { message: `not started within 60 s of ${NOON}: waiting: team-a is busy with team-a/other` },
    },
    {
      given: 'three days later',
      so: 'one record stands for all',
      task: ran(daily, NOON),
      now: '2026-01-08T13:00:00Z',
      decides: { rule: 'late', events: [{ result: 'Missed', count: 3, slotTime: at('2026-01-08T12:00:00Z') }] },
    },
    {
      given: 'jitter of nearly a minute',
      so: 'the deadline counts from when it was due',
      task: task({ uid: 'late', spec: { schedule: '0 12 * * *', startingDeadlineSeconds: 10, jitterSeconds: 3600 } }),
      now: '2026-01-05T12:00:11Z',
      decides: { do: 'Nothing', rule: 'idle' },
    },
    {
      given: 'it has waited for the end of a run that is active (Queue)',
      so: 'missed all the same',
      task: claimed(task({ spec: { ...queueing, schedule: '0,1 12 * * *' } }), NOON),
      now: '2026-01-05T12:02:01Z',
      world: { working: true },
      decides: { rule: 'late', events: [{ result: 'Missed', slotTime: at('2026-01-05T12:01:00Z'), count: 1 }] },
    },
    {
      given: 'the newest slot of a sleep with wakeSchedule',
      so: 'carried out, however late',
      task: task({ spec: nightly({ startingDeadlineSeconds: 10 }) }),
      now: '2026-01-05T23:00:00Z',
      decides: { rule: 'due', do: 'Start', run: { operation: 'sleep' } },
    },
  ])
})
