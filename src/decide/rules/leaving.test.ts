import { describe, expect } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { at, changed, claimed, edited, ended, nightly, ran, sleepSpec, task } from '../../../test/builders/task.ts'

const finalizers = ['rota.dev/wake']
const created = task({ spec: nightly(), created: '2026-01-05T08:00:00Z', finalizers })
const sleeping = claimed(created, '2026-01-05T20:00:00Z')
const asleep = ended(sleeping, '2026-01-05T20:00:05Z')
const since = at('2026-01-05T22:00:00Z')
const until = at('2026-01-05T22:04:00Z')
const now = '2026-01-05T22:00:01Z'
const late = '2026-01-05T22:04:00Z'
const leaving = { leaving: { since, until, leaveAsleep: false } }
const insisting = { leaving: { since, until, leaveAsleep: true } }
const waking = claimed(asleep, now, leaving)
const refused = ended(waking, '2026-01-05T22:00:05Z', { result: 'Failed', message: 'forbidden' })
const leave = { operation: { sleep: sleepSpec({ wakeSchedule: '0 7 * * *', onDelete: 'Leave' as const }) } }
const restarting = claimed(task({ run: 'now' }), now)
const job = { image: 'backup', command: ['backup'], args: [], env: [] }

describe('a task of a Rota that is about to be uninstalled', () => {
  table([
    {
      given: 'something sleeps',
      so: 'wakes it, in a run that is dated at the beginning of the end',
      task: asleep,
      now,
      world: leaving,
      decides: {
        rule: 'leaving',
        do: 'Start',
        run: { operation: 'wake', namespaces: ['team-a'], slotTime: since },
        lookAgain: until,
      },
    },
    {
      given: 'something sleeps, and the task is suspended',
      so: 'wakes it all the same',
      task: edited(asleep, { suspend: true }),
      now,
      world: leaving,
      decides: { do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: 'something sleeps, and the task cannot work',
      so: 'wakes it all the same',
      task: edited(asleep, { schedule: '61 * * * *' }),
      now,
      world: leaving,
      decides: { do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: 'the wake is active',
      so: 'it goes on, also when the next sleep is due',
      task: waking,
      now: '2026-01-05T22:00:02Z',
      world: { ...leaving, working: true },
      decides: { rule: 'running', do: 'Nothing', lookAgain: until },
    },
    {
      given: 'the wake was interrupted',
      so: 'it is resumed',
      task: waking,
      now: '2026-01-05T22:00:02Z',
      world: { ...leaving, owner: 'another' },
      decides: { do: 'Resume' },
    },
    {
      given: 'the wake succeeded',
      so: 'lets go',
      task: ended(waking, '2026-01-05T22:00:05Z'),
      now: '2026-01-05T22:00:05Z',
      world: leaving,
      decides: { rule: 'leaving', do: 'Release' },
    },
    {
      given: 'the wake succeeded, and a sleep is due',
      so: 'it does not begin',
      task: changed(ran(asleep, '2026-01-06T07:00:00Z'), { finalizers: [] }),
      now: '2026-01-06T20:00:00Z',
      world: { leaving: { since: at('2026-01-06T19:59:59Z'), until: at('2026-01-06T20:04:00Z'), leaveAsleep: false } },
      decides: { rule: 'leaving', do: 'Nothing' },
    },
    {
      given: 'the wake failed',
      so: 'tries no more, keeps the finalizer, and says what is left asleep',
      task: refused,
      now: '2026-01-05T22:00:05Z',
      world: leaving,
      decides: {
        do: 'Nothing',
        message: 'team-a could not be woken before Rota is uninstalled: forbidden',
      },
    },
    {
      given: 'the wake failed, and things may be left asleep',
      so: 'lets go and says what is left asleep',
      task: refused,
      now: '2026-01-05T22:00:05Z',
      world: insisting,
      decides: { do: 'Release', letGo: 'team-a could not be woken before Rota is uninstalled: forbidden' },
    },
    {
      given: 'the wake failed in an earlier try to uninstall',
      so: 'tries again',
      task: refused,
      now: '2026-01-05T22:10:00Z',
      world: {
        leaving: { since: at('2026-01-05T22:10:00Z'), until: at('2026-01-05T22:14:00Z'), leaveAsleep: false },
      },
      decides: { do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: 'the time is over before the wake began',
      so: 'does not begin it',
      task: asleep,
      now: late,
      world: leaving,
      decides: { do: 'Nothing' },
    },
    {
      given: 'the time is over while the wake is active',
      so: 'ends it',
      task: waking,
      now: late,
      world: { ...leaving, working: true },
      decides: { do: 'Stop', because: 'Uninstalled' },
    },
    {
      given: 'the time is over, and things may be left asleep',
      so: 'lets go',
      task: asleep,
      now: late,
      world: insisting,
      decides: { do: 'Release', letGo: expect.stringMatching(/^team-a could not be woken/) },
    },
    {
      given: 'something sleeps, with onDelete: Leave',
      so: 'lets go and leaves it asleep',
      task: edited(asleep, leave),
      now,
      world: leaving,
      decides: { do: 'Release' },
    },
    {
      given: 'a sleep is active',
      so: 'ends it',
      task: sleeping,
      now: '2026-01-05T20:00:01Z',
      world: { ...leaving, working: true },
      decides: { do: 'Stop', because: 'Uninstalled' },
    },
    {
      given: 'another run was interrupted',
      so: 'it is ended as ever: it stands in the way of wakes',
      task: restarting,
      now: '2026-01-05T22:00:02Z',
      world: { ...leaving, owner: 'another' },
      decides: { do: 'Resume', run: { operation: 'restart' } },
    },
    {
      given: 'a Job runs',
      so: 'it goes on by itself',
      task: claimed(task({ run: 'now', spec: { operation: { job } } }), now),
      now: '2026-01-05T22:00:02Z',
      world: { ...leaving, owner: 'another' },
      decides: { rule: 'leaving', do: 'Nothing' },
    },
    {
      given: 'the task is being deleted',
      so: 'that counts',
      task: changed(asleep, { deleted: since }),
      now,
      world: leaving,
      decides: { rule: 'deleted', do: 'Start' },
    },
    {
      given: 'a run is asked for',
      so: 'it does not begin',
      task: task({ run: 'now' }),
      now,
      world: leaving,
      decides: { rule: 'leaving', do: 'Nothing' },
    },
    {
      given: 'the clock cannot be trusted',
      so: 'claims nothing',
      task: asleep,
      now,
      world: { ...leaving, clockSkewed: true },
      decides: { rule: 'skewedClock', do: 'Nothing' },
    },
  ])
})
