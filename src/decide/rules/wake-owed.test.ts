import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { changed, edited, nightly, ran, sleepSpec, task, written } from '../../../test/builders/task.ts'
import { runId } from '../run.ts'

const created = task({ spec: nightly(), created: '2026-01-05T08:00:00Z' })
const asleep = ran(created, '2026-01-05T20:00:00Z')
const wake = '2026-01-06T07:00:00Z'
const failed = ran(asleep, wake, { result: 'Failed' })
const again = (wakeTask: typeof failed, when: string) => ran(wakeTask, when, { result: 'Failed' })

describe('a failed wake stays owed', () => {
  table([
    {
      given: 'failed, a second before five minutes are over',
      so: 'nothing until then',
      task: failed,
      now: '2026-01-06T07:04:59Z',
      decides: { rule: 'idle', do: 'Nothing', lookAgain: Date.parse('2026-01-06T07:05:00Z') },
    },
    {
      given: 'failed five minutes ago',
      so: 'again, as the same run',
      task: failed,
      now: '2026-01-06T07:05:00Z',
      decides: {
        rule: 'wakeOwed',
        do: 'Start',
        run: { id: runId(created.uid, 'wake', 'Schedule', Date.parse(wake)), slotTime: Date.parse(wake) },
      },
    },
    {
      given: 'timed out five minutes ago',
      so: 'again',
      task: ran(asleep, wake, { result: 'TimedOut' }),
      now: '2026-01-06T07:05:00Z',
      decides: { rule: 'wakeOwed', do: 'Start' },
    },
    {
      given: 'failed twice',
      so: 'again, five minutes after the second time',
      task: again(failed, '2026-01-06T07:05:00Z'),
      now: '2026-01-06T07:10:00Z',
      decides: { rule: 'wakeOwed', do: 'Start' },
    },
    {
      given: 'failed, and a sleep slot is newer',
      so: 'the newer slot takes over',
      task: again(failed, '2026-01-06T19:58:00Z'),
      now: '2026-01-06T20:00:00Z',
      decides: { rule: 'due', do: 'Start', run: { operation: 'sleep' } },
    },
    {
      given: 'succeeded',
      so: 'nothing until the next sleep',
      task: ran(failed, '2026-01-06T07:05:00Z'),
      now: '2026-01-06T07:10:00Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-06T20:00:00Z') },
    },
    {
      given: 'cancelled on request',
      so: 'what sleeps is left asleep',
      task: ran(asleep, wake, { result: 'Cancelled', reason: 'Requested' }),
      now: '2026-01-06T07:10:00Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-06T20:00:00Z') },
    },
    {
      given: 'cancelled by an edit of the account',
      so: 'again at once, as the new account',
      task: ran(asleep, wake, { result: 'Cancelled', reason: 'SpecChanged' }),
      now: '2026-01-06T07:00:01Z',
      decides: { rule: 'wakeOwed', do: 'Start' },
    },
    {
      given: 'failed, and a request that waited was cancelled afterwards',
      so: 'again all the same',
      task: written(failed, '2026-01-06T07:02:00Z', {
        event: 'NotRun',
        id: '0123456789abcdef',
        operation: 'sleep',
        runReason: 'Request',
        slotTime: Date.parse('2026-01-06T07:02:00Z'),
        result: 'Cancelled',
        reason: 'Requested',
        message: '',
        count: 1,
      }),
      now: '2026-01-06T07:05:00Z',
      decides: { rule: 'wakeOwed', do: 'Start' },
    },
    {
      given: 'failed, and then put to sleep on request',
      so: 'stays asleep until the next wake slot',
      task: ran(changed(failed, { requests: { run: 'r1' } }), '2026-01-06T07:02:00Z'),
      now: '2026-01-06T07:10:00Z',
      decides: { do: 'Nothing' },
    },
    {
      given: 'failed, of a task without a history',
      so: 'again',
      task: again(written(edited(asleep, { historyLimit: 0 }), '2026-01-06T06:00:00Z'), wake),
      now: '2026-01-06T07:05:00Z',
      decides: { rule: 'wakeOwed', do: 'Start' },
    },
    {
      given: 'failed, and suspended since',
      so: 'nothing',
      task: written(edited(failed, { suspend: true }), '2026-01-06T07:01:00Z'),
      now: '2026-01-06T07:10:00Z',
      decides: { rule: 'suspended', do: 'Nothing' },
    },
  ])
})

describe('an edit finds that the newest slot is a wake, and something sleeps', () => {
  const late = '2026-01-05T22:00:00Z'
  const sooner = { sleep: sleepSpec({ wakeSchedule: '0 21 * * *', onDelete: 'Wake' as const }) }
  const suspended = written(edited(asleep, { suspend: true }), late)
  const onRequest = ran(changed(ran(asleep, wake), { requests: { run: 'r1' } }), '2026-01-06T09:00:00Z')
  table([
    {
      given: 'at 22:00 the wake slot is moved to 21:00',
      so: 'wakes now',
      task: written(edited(asleep, { operation: sooner }), late),
      now: '2026-01-05T22:00:01Z',
      decides: {
        rule: 'wakeOwed',
        do: 'Start',
        run: { operation: 'wake', slotTime: Date.parse('2026-01-05T22:00:01Z') },
      },
    },
    {
      given: 'at 22:00 the wake slot is moved to 23:00',
      so: 'sleeps on until then',
      task: written(edited(asleep, { operation: { sleep: { ...sooner.sleep, wakeSchedule: '0 23 * * *' } } }), late),
      now: '2026-01-05T22:00:01Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-05T23:00:00Z') },
    },
    {
      given: 'unsuspended at noon, over the wake slot',
      so: 'wakes now',
      task: written(edited(suspended, { suspend: false }), '2026-01-06T12:00:00Z'),
      now: '2026-01-06T12:00:01Z',
      decides: { rule: 'wakeOwed', do: 'Start' },
    },
    {
      given: 'unsuspended at noon, and nothing sleeps',
      so: 'nothing',
      task: written(
        edited(written(edited(created, { suspend: true }), '2026-01-05T09:00:00Z'), { suspend: false }),
        '2026-01-06T12:00:00Z',
      ),
      now: '2026-01-06T12:00:01Z',
      decides: { do: 'Nothing' },
    },
    {
      given: 'unsuspended at night, awake',
      so: 'does not sleep before the next sleep slot',
      task: written(
        edited(written(edited(created, { suspend: true }), '2026-01-05T09:00:00Z'), { suspend: false }),
        late,
      ),
      now: '2026-01-05T22:00:01Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-06T07:00:00Z') },
    },
    {
      given: 'put to sleep on request after the wake slot',
      so: 'stays asleep',
      task: onRequest,
      now: '2026-01-06T10:00:00Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-06T20:00:00Z') },
    },
    {
      given: 'created between wake and sleep slot',
      so: 'nothing',
      task: created,
      now: '2026-01-05T12:00:00Z',
      decides: { do: 'Nothing' },
    },
  ])
})
