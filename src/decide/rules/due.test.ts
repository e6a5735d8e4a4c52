import { describe, expect, it } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { decided, edited, nightly, ran, sleepSpec, task, written } from '../../../test/builders/task.ts'
import { runId } from '../run.ts'

const daily = task({ spec: { schedule: '0 12 * * *' } })
const slot = Date.parse('2026-01-06T12:00:00Z')
const suspended = written(edited(daily, { suspend: true }), '2026-01-06T11:00:00Z')
const everyMinute = task({ spec: { schedule: '* * * * *' } })
const minutely = ran(everyMinute, '2026-01-05T00:01:00Z')

const ran5 = ran(daily, '2026-01-05T12:00:00Z')

describe('a slot that is owed starts', () => {
  table([
    {
      given: 'one second before the slot',
      so: 'nothing, and looks again at the slot',
      task: ran5,
      now: '2026-01-06T11:59:59Z',
      decides: { rule: 'idle', do: 'Nothing', lookAgain: slot },
    },
    {
      given: 'at the very instant of the slot',
      so: 'starts, with an id that follows from it',
      task: ran5,
      now: '2026-01-06T12:00:00Z',
      decides: {
        rule: 'due',
        do: 'Start',
        events: [],
        run: { id: runId(daily.uid, 'restart', 'Schedule', slot), slotTime: slot, due: slot, namespaces: ['team-a'] },
      },
    },
    {
      given: 'one second later, by another process',
      so: 'starts the same run',
      task: ran5,
      now: '2026-01-06T12:00:01Z',
      decides: { do: 'Start', run: { id: runId(daily.uid, 'restart', 'Schedule', slot) } },
    },
    {
      given: 'two target namespaces',
      so: 'both are needed',
      task: task({ spec: { schedule: '0 12 * * *', target: { namespaces: ['team-b', 'team-c'] } } }),
      now: '2026-01-05T12:00:00Z',
      decides: { do: 'Start', run: { namespaces: ['team-b', 'team-c'] } },
    },
    {
      given: 'the slot has run already',
      so: 'nothing until the next day',
      task: ran(ran5, '2026-01-06T12:00:00Z'),
      now: '2026-01-06T12:00:01Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-07T12:00:00Z') },
    },
    {
      given: 'suspended',
      so: 'nothing at the slot, and nobody looks again',
      task: suspended,
      now: '2026-01-06T12:00:00Z',
      decides: { rule: 'suspended', do: 'Nothing' },
    },
  ])
})

describe('the starting deadline (3600 s here)', () => {
  table([
    {
      given: 'exactly at the deadline',
      so: 'still starts',
      task: ran5,
      now: '2026-01-06T13:00:00Z',
      decides: { do: 'Start', run: { slotTime: slot } },
    },
    {
      given: 'a second after the deadline',
      so: 'the slot is missed',
      task: ran5,
      now: '2026-01-06T13:00:01Z',
      decides: {
        rule: 'late',
        do: 'Write',
        events: [{ event: 'NotRun', result: 'Missed', reason: 'StartingDeadline', slotTime: slot, count: 1 }],
      },
    },
    {
      given: 'a sleep with wakeSchedule, five hours late',
      so: 'starts: it knows no deadline',
      task: ran(task({ spec: nightly() }), '2026-01-05T20:00:00Z'),
      now: '2026-01-06T12:00:00Z',
      decides: { do: 'Start', run: { operation: 'wake', slotTime: Date.parse('2026-01-06T07:00:00Z') } },
    },
    {
      given: 'a sleep without wakeSchedule, over an hour late',
      so: 'missed like any other',
      task: task({ spec: { schedule: '0 12 * * *', operation: { sleep: sleepSpec({ onDelete: 'Wake' }) } } }),
      now: '2026-01-05T13:00:01Z',
      decides: { do: 'Write', events: [{ result: 'Missed' }] },
    },
  ])
})

describe('creating, editing and unsuspending owe nothing for the past', () => {
  const atNoon = '2026-01-05T12:00:00Z'
  const editedLater = written(edited(daily, { schedule: '30 11 * * *' }), atNoon)
  table([
    {
      given: 'created at noon with a slot at noon',
      so: 'nothing before tomorrow',
      task: task({ created: atNoon, spec: { schedule: '0 12 * * *' } }),
      now: '2026-01-05T12:00:01Z',
      decides: { do: 'Nothing', lookAgain: slot },
    },
    {
      given: 'created a second before noon, seen after it',
      so: 'noon is owed',
      task: task({
        created: '2026-01-05T11:59:59Z',
        observed: '2026-01-05T12:00:05Z',
        spec: { schedule: '0 12 * * *' },
      }),
      now: '2026-01-05T12:00:06Z',
      decides: { do: 'Start', run: { slotTime: Date.parse(atNoon) } },
    },
    {
      given: 'created at 12:30',
      so: 'nothing for noon',
      task: task({ created: '2026-01-05T12:30:00Z', spec: { schedule: '0 12 * * *' } }),
      now: '2026-01-05T12:30:01Z',
      decides: { do: 'Nothing' },
    },
    {
      given: 'edited at noon to 11:30',
      so: 'nothing for this morning',
      task: editedLater,
      now: '2026-01-05T12:00:01Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-06T11:30:00Z') },
    },
    {
      given: 'an edit that has not been acknowledged',
      so: 'is acknowledged before anything starts',
      task: edited(daily, { schedule: '30 11 * * *' }),
      now: '2026-01-05T11:30:00Z',
      decides: { rule: 'unobserved', do: 'Write' },
    },
    {
      given: 'only the title edited, in an outage over the slot',
      so: 'the slot stays owed',
      task: written(edited(daily, { title: 'New' }), '2026-01-05T12:10:00Z'),
      now: '2026-01-05T12:10:01Z',
      decides: { do: 'Start', run: { slotTime: Date.parse(atNoon) } },
    },
    {
      given: 'unsuspended a minute after the slot',
      so: 'nothing for the slot',
      task: written(edited(suspended, { suspend: false }), '2026-01-06T12:01:00Z'),
      now: '2026-01-06T12:01:01Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-07T12:00:00Z') },
    },
    {
      given: 'unsuspended at the very instant of the slot',
      so: 'nothing for the slot',
      task: written(edited(suspended, { suspend: false }), '2026-01-06T12:00:00Z'),
      now: '2026-01-06T12:00:00Z',
      decides: { do: 'Nothing' },
    },
  ])
})

describe('an outage', () => {
  table([
    {
      given: 'of two minutes on * * * * *',
      so: 'the newest starts, the older one is missed',
      task: minutely,
      now: '2026-01-05T00:03:30Z',
      decides: {
        do: 'Start',
        run: { slotTime: Date.parse('2026-01-05T00:03:00Z') },
        events: [
          {
            event: 'NotRun',
            result: 'Missed',
            reason: 'NewerSlot',
            count: 1,
            slotTime: Date.parse('2026-01-05T00:02:00Z'),
          },
        ],
      },
    },
    {
      given: 'of three days on * * * * *',
      so: 'one catches up, and at least 1000 are missed',
      task: minutely,
      now: '2026-01-08T00:00:30Z',
      decides: {
        do: 'Start',
        run: { slotTime: Date.parse('2026-01-08T00:00:00Z') },
        events: [
          { event: 'NotRun', result: 'Missed', count: 1000, message: expect.stringContaining('at least 1000 slots') },
        ],
      },
    },
    {
      given: 'of three days, and the newest slot is late too',
      so: 'one record for all, which stops counting at 1000',
      task: task({ spec: { schedule: '* * 5 * *' } }),
      now: '2026-01-08T00:00:30Z',
      decides: { do: 'Write', events: [{ result: 'Missed', reason: 'StartingDeadline', count: 1000 }] },
    },
    {
      given: 'over two nights of a sleep with wakeSchedule',
      so: 'wakes, all between is missed',
      task: ran(task({ spec: nightly() }), '2026-01-05T20:00:00Z'),
      now: '2026-01-07T08:00:00Z',
      decides: {
        do: 'Start',
        run: { operation: 'wake', slotTime: Date.parse('2026-01-07T07:00:00Z') },
        events: [{ result: 'Missed', operation: 'sleep', slotTime: Date.parse('2026-01-06T20:00:00Z'), count: 2 }],
      },
    },
  ])

  it('of three years takes no more steps than one of three days', () => {
    const steps = (now: string) => {
      let count = 0
      const lines = minutely.lines.map(({ operation, expression, timetable }) => ({
        operation,
        expression,
        timetable: {
          ...timetable,
          nextAfter: (at: number) => {
            count++
            return timetable.nextAfter(at)
          },
        },
      }))
      decided({ ...minutely, lines }, now)
      return count
    }
    expect(steps('2029-01-08T00:00:30Z')).toBe(steps('2026-01-08T00:00:30Z'))
  })
})

describe('the two kinds of slot of a sleep', () => {
  table([
    {
      given: 'sleep and wake at the same instant',
      so: 'wakes',
      task: task({ spec: nightly({}, '0 20 * * *') }),
      now: '2026-01-05T20:00:00Z',
      decides: { do: 'Start', run: { operation: 'wake' }, events: [] },
    },
    {
      given: 'a wake covers what status says besides the targets',
      so: 'wakes in both',
      task: written(
        edited(ran(task({ spec: nightly() }), '2026-01-05T20:00:00Z'), { target: { namespaces: ['team-b'] } }),
        '2026-01-06T06:59:59Z',
      ),
      now: '2026-01-06T07:00:00Z',
      decides: { rule: 'due', do: 'Start', run: { operation: 'wake', namespaces: ['team-a', 'team-b'] } },
    },
  ])
})
