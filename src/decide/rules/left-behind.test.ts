import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import {
  changed,
  claimed,
  edited,
  ended,
  nightly,
  ran,
  sleepSpec,
  specOf,
  task,
  written,
} from '../../../test/builders/task.ts'

const finalizers = ['rota.dev/wake']
const both = { target: { namespaces: ['team-b', 'team-c'] } }
const asleep = ran(task({ spec: nightly(both), created: '2026-01-05T08:00:00Z', finalizers }), '2026-01-05T20:00:00Z')
const leaving = { sleep: sleepSpec({ wakeSchedule: '0 7 * * *', onDelete: 'Leave' as const }) }
const { operation: restart } = specOf()
const seen = '2026-01-05T22:00:00Z'
const now = '2026-01-05T22:00:01Z'

const dropped = written(edited(asleep, { target: { namespaces: ['team-b'] } }), seen)
const failed = ran(dropped, now, { result: 'Failed' })

describe('an edit that drops what sleeps', () => {
  table([
    {
      given: 'one of two namespaces dropped',
      so: 'that one wakes',
      task: dropped,
      now,
      decides: {
        rule: 'leftBehind',
        do: 'Start',
        run: { operation: 'wake', reason: 'Schedule', namespaces: ['team-c'] },
      },
    },
    {
      given: 'another namespace added',
      so: 'nothing before the next sleep',
      task: written(edited(asleep, { target: { namespaces: ['team-b', 'team-c', 'team-d'] } }), seen),
      now,
      decides: { rule: 'idle', do: 'Nothing' },
    },
    {
      given: 'the operation changed from sleep to restart',
      so: 'everything wakes',
      task: written(edited(asleep, { operation: restart }), seen),
      now,
      decides: { rule: 'leftBehind', do: 'Start', run: { operation: 'wake', namespaces: ['team-b', 'team-c'] } },
    },
    {
      given: 'suspended by the same edit',
      so: 'wakes all the same',
      task: written(edited(asleep, { operation: restart, suspend: true }), seen),
      now,
      decides: { rule: 'leftBehind', do: 'Start' },
    },
    {
      given: 'onDelete: Leave',
      so: 'left asleep, and no longer the concern of this task',
      task: written(edited(asleep, { target: { namespaces: ['team-b'] }, operation: leaving }), seen),
      now,
      decides: { rule: 'leftBehind', do: 'Write', events: [{ event: 'LeftAsleep', namespaces: ['team-c'] }] },
    },
    {
      given: 'the operation changed from a sleep with onDelete: Leave (no finalizer)',
      so: 'left asleep',
      task: changed(written(edited(asleep, { operation: restart }), seen), { finalizers: [] }),
      now,
      decides: { do: 'Write', events: [{ event: 'LeftAsleep', namespaces: ['team-b', 'team-c'] }] },
    },
    {
      given: 'an older slot is owed too, after an outage',
      so: 'it goes first, so that it has its record',
      task: written(
        edited(
          task({
            spec: { ...nightly(both), operation: { sleep: sleepSpec({ onDelete: 'Wake' }) } },
            finalizers,
            status: { sleeping: { since: '2026-01-05T01:00:00Z', namespaces: ['team-c'], workloads: 1 } },
          }),
          { target: { namespaces: ['team-b'] } },
        ),
        '2026-01-05T20:03:00Z',
      ),
      now: '2026-01-05T20:03:00Z',
      decides: { rule: 'due', do: 'Start' },
    },
  ])
})

describe('the wake of what was dropped', () => {
  table([
    {
      given: 'it succeeded',
      so: 'nothing until the next slot: the rest stays asleep',
      task: ran(dropped, now),
      now: '2026-01-05T22:00:02Z',
      decides: { rule: 'idle', do: 'Nothing', lookAgain: Date.parse('2026-01-06T07:00:00Z') },
    },
    {
      given: 'it failed, a second before five minutes are over',
      so: 'nothing until then',
      task: failed,
      now: '2026-01-05T22:05:00Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-05T22:05:01Z') },
    },
    {
      given: 'it failed five minutes ago',
      so: 'again',
      task: failed,
      now: '2026-01-05T22:05:01Z',
      decides: { rule: 'leftBehind', do: 'Start' },
    },
    {
      given: 'the edit ended a sleep that was under way',
      so: 'wakes at once',
      task: written(
        edited(
          ended(claimed(changed(asleep, { requests: { run: 'r' } }), '2026-01-05T21:59:50Z'), seen, {
            result: 'Cancelled',
            reason: 'SpecChanged',
          }),
          { target: { namespaces: ['team-b'] } },
        ),
        seen,
      ),
      now,
      decides: { rule: 'leftBehind', do: 'Start' },
    },
    {
      given: 'the last sleep had failed a moment ago',
      so: 'wakes at once',
      task: written(
        edited(ran(changed(asleep, { requests: { run: 'r' } }), '2026-01-05T21:59:50Z', { result: 'Failed' }), {
          target: { namespaces: ['team-b'] },
        }),
        seen,
      ),
      now,
      decides: { rule: 'leftBehind', do: 'Start' },
    },
  ])
})
