import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { changed, claimed, edited, ended, nightly, ran, sleepSpec, task } from '../../../test/builders/task.ts'

const finalizers = ['rota.dev/wake']
const created = task({ spec: nightly(), created: '2026-01-05T08:00:00Z', finalizers })
const sleeping = claimed(created, '2026-01-05T20:00:00Z')
const asleep = ended(sleeping, '2026-01-05T20:00:05Z')
const awake = ran(asleep, '2026-01-06T07:00:00Z')
const deleted = Date.parse('2026-01-05T22:00:00Z')
const now = '2026-01-05T22:00:01Z'
const dying = changed(asleep, { deleted })
const waking = claimed(dying, now)
const working = { working: true }
const leave = { operation: { sleep: sleepSpec({ wakeSchedule: '0 7 * * *', onDelete: 'Leave' as const }) } }

describe('a task that is being deleted', () => {
  table([
    {
      given: 'something sleeps',
      so: 'wakes it, in a run that is dated at the deletion',
      task: dying,
      now,
      decides: { rule: 'deleted', do: 'Start', run: { operation: 'wake', namespaces: ['team-a'], slotTime: deleted } },
    },
    {
      given: 'nothing sleeps',
      so: 'lets go',
      task: changed(awake, { deleted: Date.parse('2026-01-06T08:00:00Z') }),
      now: '2026-01-06T08:00:01Z',
      decides: { rule: 'deleted', do: 'Release' },
    },
    {
      given: 'something sleeps, with onDelete: Leave',
      so: 'lets go and leaves it asleep',
      task: changed(edited(asleep, leave), { deleted }),
      now,
      decides: { rule: 'deleted', do: 'Release' },
    },
    {
      given: 'no finalizer of ours',
      so: 'nothing, whatever sleeps',
      task: changed(asleep, { deleted, finalizers: ['example.com/other'] }),
      now,
      decides: { rule: 'deleted', do: 'Nothing' },
    },
    {
      given: 'a sleep is active',
      so: 'stops it first',
      task: changed(sleeping, { deleted }),
      now: '2026-01-05T20:00:01Z',
      world: working,
      decides: { rule: 'deleted', do: 'Stop', because: 'Deleted' },
    },
    {
      given: 'the stopped sleep has ended',
      so: 'wakes what it had put to sleep already',
      task: changed(ended(sleeping, now, { result: 'Cancelled' }), { deleted }),
      now,
      decides: { do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: 'the wake is active',
      so: 'it goes on',
      task: waking,
      now: '2026-01-05T22:00:02Z',
      world: working,
      decides: { rule: 'running', do: 'Nothing' },
    },
    {
      given: 'the wake succeeded',
      so: 'lets go',
      task: ended(waking, '2026-01-05T22:00:05Z'),
      now: '2026-01-05T22:00:05Z',
      decides: { do: 'Release' },
    },
    {
      given: 'the wake failed',
      so: 'lets go and says what is left asleep',
      task: ended(waking, '2026-01-05T22:00:05Z', { result: 'Failed', message: 'forbidden' }),
      now: '2026-01-05T22:00:05Z',
      decides: { do: 'Release', letGo: 'deleted although team-a could not be woken: forbidden' },
    },
    {
      given: 'the wake failed, of a task without a history',
      so: 'lets go all the same',
      task: ended(claimed(edited(dying, { historyLimit: 0 }), now), now, { result: 'Failed' }),
      now: '2026-01-05T22:00:05Z',
      decides: { do: 'Release' },
    },
    {
      given: 'the wake was cancelled on request',
      so: 'lets go',
      task: ended(waking, '2026-01-05T22:00:05Z', { result: 'Cancelled', reason: 'Requested' }),
      now: '2026-01-05T22:00:05Z',
      decides: { do: 'Release' },
    },
    {
      given: 'a wake failed before the deletion',
      so: 'tries once more',
      task: changed(ran(asleep, '2026-01-06T07:00:00Z', { result: 'Failed' }), {
        deleted: Date.parse('2026-01-06T07:00:01Z'),
      }),
      now: '2026-01-06T07:00:02Z',
      decides: { do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: "a sleep that was dated after the deletion by a clock ahead of the API server's",
      so: 'is no attempt to wake',
      task: changed(asleep, { deleted: Date.parse('2026-01-05T19:59:50Z') }),
      now: '2026-01-05T20:00:10Z',
      decides: { do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: "this clock is behind the API server's, and the wake failed",
      so: 'lets go: no two clocks are compared',
      task: ended(claimed(dying, '2026-01-05T21:59:45Z'), '2026-01-05T21:59:50Z', { result: 'Failed' }),
      now: '2026-01-05T21:59:50Z',
      decides: { do: 'Release' },
    },
    {
      given: 'the clock cannot be trusted',
      so: 'claims nothing',
      task: dying,
      now,
      world: { clockSkewed: true },
      decides: { rule: 'skewedClock', do: 'Nothing' },
    },
    {
      given: 'edited to a spec that cannot work',
      so: 'wakes all the same',
      task: changed(edited(asleep, { schedule: '61 * * * *' }), { deleted }),
      now,
      decides: { do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: 'the operation is another one by now',
      so: 'wakes what sleeps',
      task: changed(edited(asleep, { operation: { restart: { kinds: ['Deployment'] } } }), { deleted }),
      now,
      decides: { do: 'Start', run: { operation: 'wake', namespaces: ['team-a'] } },
    },
    {
      given: 'suspended',
      so: 'wakes all the same',
      task: changed(edited(asleep, { suspend: true }), { deleted }),
      now,
      decides: { do: 'Start', run: { operation: 'wake' } },
    },
  ])
})
