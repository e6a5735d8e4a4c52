import { describe, expect } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { at, beside, claimed, edited, ran, sleepSpec, task, written } from '../../../test/builders/task.ts'
import type { Task } from '../task.ts'

const NOON = '2026-01-05T12:00:00Z'
const noon = { schedule: '0 12 * * *' }
const backup = task({ name: 'backup', spec: noon })
const report = task({ name: 'report', spec: { ...noon, dependsOn: [{ name: 'backup' }] } })
const failed = { result: 'Failed', reason: 'Forbidden', message: 'no rights' } as const
/** The newest record of the backup is one of a slot without a run. */
const notRun = (result: 'Missed' | 'Skipped', reason: string): Task =>
  written(backup, NOON, {
    event: 'NotRun',
    id: 'n',
    result,
    reason,
    message: 'm',
    operation: 'restart',
    runReason: 'Schedule',
    slotTime: at(NOON),
    count: 1,
  })
const skipped = (message: string) => ({
  rule: 'dependencyFailed',
  do: 'Write',
  events: [{ event: 'NotRun', result: 'Skipped', reason: 'DependencyFailed', message, slotTime: at(NOON) }],
})
const start = { rule: 'due', do: 'Start', run: { reason: 'Schedule', slotTime: at(NOON) } }
const wait = (message: string) => ({ rule: 'awaitsOthers', do: 'Nothing', message })

describe('dependsOn with a schedule: the newest record of the other with a slot at or before this one decides', () => {
  const row = (
    given: string,
    so: string,
    upstream: Task | undefined,
    decides: object,
    now = '2026-01-05T12:00:05Z',
  ) => ({
    given: `the other ${given}`,
    so,
    task: report,
    now,
    world: upstream ? beside(upstream) : {},
    decides: decides as Readonly<Record<string, unknown>>,
  })

  table([
    row('succeeded', 'goes', ran(backup, NOON), start),
    row('was answered by the cache', 'goes', notRun('Skipped', 'Cached'), start),
    row('has never run and owes nothing', 'goes', task({ name: 'backup' }), start),
    row(
      'failed',
      'skipped',
      ran(backup, NOON, failed),
      skipped(`backup did not succeed (Failed: Forbidden) at ${NOON}`),
    ),
    row('was cancelled', 'skipped', ran(backup, NOON, { result: 'Cancelled', reason: 'Requested' }), {
      rule: 'dependencyFailed',
    }),
    row('was missed', 'skipped', notRun('Missed', 'StartingDeadline'), { rule: 'dependencyFailed' }),
    row('was skipped', 'skipped', notRun('Skipped', 'Overlap'), { rule: 'dependencyFailed' }),
    row('still owes a run', 'waits', backup, wait('waiting for backup to end its run')),
    row('runs', 'waits', claimed(backup, NOON), wait('waiting for backup to end its run')),
    row('does not exist', 'waits', undefined, wait('waiting for backup, which does not exist')),
    row(
      'is suspended',
      'goes: it owes nothing',
      written(edited(backup, { suspend: true }), '2026-01-05T11:00:00Z'),
      start,
    ),
    row('is held', 'goes: it owes nothing', task({ name: 'backup', spec: noon, hold: '2026-01-06T00:00:00Z' }), start),
    row('is stalled', 'goes: it owes nothing', task({ name: 'backup', spec: { schedule: '0 25 * * *' } }), start),
    row(
      'has a breaker that is open, and failed',
      'skipped',
      ran(task({ name: 'backup', spec: { ...noon, suspendAfterFailures: 1 } }), NOON, failed),
      { rule: 'dependencyFailed' },
    ),
    row('has only a later slot', 'goes', task({ name: 'backup', spec: { schedule: '30 12 * * *' } }), start),
    row(
      'failed, and succeeded since on request',
      'skipped: what came later does not count',
      ran(
        task({ name: 'backup', spec: noon, run: 'r1', status: ran(backup, NOON, failed).status }),
        '2026-01-05T12:00:03Z',
      ),
      { rule: 'dependencyFailed' },
    ),
    row(
      'keeps no history, and failed',
      'skipped',
      ran(task({ name: 'backup', spec: { ...noon, historyLimit: 0 } }), NOON, failed),
      skipped(`backup did not succeed (Failed) at ${NOON}`),
    ),
  ])

  table([
    {
      given: 'one of two failed and the other still runs',
      so: 'skipped at once: nothing can make up for it',
      task: task({ spec: { ...noon, dependsOn: [{ name: 'backup' }, { name: 'export' }] } }),
      now: '2026-01-05T12:00:05Z',
      world: beside(claimed(backup, NOON), ran(task({ name: 'export', spec: noon }), NOON, failed)),
      decides: { rule: 'dependencyFailed' },
    },
    {
      given: 'the other waits for a third one that runs',
      so: 'waits for both',
      task: report,
      now: '2026-01-05T12:00:05Z',
      world: beside(
        task({ name: 'backup', spec: { dependsOn: [{ name: 'dump' }] } }),
        claimed(task({ name: 'dump', spec: noon }), NOON),
      ),
      decides: wait('waiting for backup to end its run'),
    },
    {
      given: 'it has waited for ten seconds',
      so: 'says so in the status, once',
      task: report,
      now: '2026-01-05T12:00:10Z',
      world: beside(backup),
      decides: {
        rule: 'awaitsOthers',
        do: 'Write',
        events: [{ event: 'Waiting', rule: 'awaitsOthers', message: 'waiting for backup to end its run' }],
      },
    },
    {
      given: 'it has said so',
      so: 'nothing until its deadline',
      task: written(report, '2026-01-05T12:00:10Z', {
        event: 'Waiting',
        rule: 'awaitsOthers',
        message: 'waiting for backup to end its run',
      }),
      now: '2026-01-05T12:00:11Z',
      world: beside(backup),
      decides: { rule: 'awaitsOthers', do: 'Nothing', lookAgain: at('2026-01-05T13:00:00Z') + 1 },
    },
    {
      given: 'it has waited until its deadline',
      so: 'missed, with what it has waited for',
      task: report,
      now: '2026-01-05T13:00:01Z',
      world: beside(backup),
      decides: {
        rule: 'late',
        do: 'Write',
        events: [
          {
            result: 'Missed',
            reason: 'StartingDeadline',
            message: `not started within 3600 s of ${NOON}: waiting for backup to end its run`,
          },
        ],
      },
    },
    {
      given: 'it is cancelled while it waits',
      so: 'cancelled: it does not run later',
      task: task({ name: 'report', spec: report.spec, cancel: 'c1' }),
      now: '2026-01-05T12:00:05Z',
      world: beside(backup),
      decides: {
        rule: 'cancelledBeforeStart',
        events: [{ result: 'Cancelled', slotTime: at(NOON) }, { cancel: 'c1' }],
      },
    },
    {
      given: 'a request',
      so: 'runs, whatever comes first',
      task: task({ name: 'report', spec: { dependsOn: [{ name: 'backup' }], schedule: '0 13 * * *' }, run: 'r1' }),
      now: NOON,
      decides: { rule: 'requested', do: 'Start' },
    },
    {
      given: 'the wake of a sleep task that depends on one that failed',
      so: 'wakes: nothing keeps a namespace asleep',
      task: ran(
        task({
          spec: {
            schedule: '0 20 * * *',
            dependsOn: [{ name: 'backup' }],
            operation: { sleep: sleepSpec({ wakeSchedule: '0 7 * * *', onDelete: 'Wake' }) },
          },
        }),
        '2026-01-05T20:00:00Z',
        {},
        beside(task({ name: 'backup' })),
      ),
      now: '2026-01-06T07:00:00Z',
      world: beside(ran(backup, NOON, failed)),
      decides: { rule: 'due', do: 'Start', run: { operation: 'wake' } },
    },
  ])
})

describe('dependsOn without a schedule: once for each slot up to which all others have succeeded', () => {
  const then = task({ name: 'then', spec: { dependsOn: [{ name: 'one' }, { name: 'two' }] } })
  const one = ran(task({ name: 'one', spec: noon }), NOON)
  const two = ran(task({ name: 'two', spec: { schedule: '30 12 * * *' } }), '2026-01-05T12:30:00Z')
  const first = claimed(then, '2026-01-05T12:30:00Z', beside(one, two))

  table([
    {
      given: 'only one of them has succeeded',
      so: 'nothing',
      task: then,
      now: '2026-01-05T12:10:00Z',
      world: beside(one, task({ name: 'two', spec: { schedule: '30 12 * * *' } })),
      decides: { rule: 'idle', do: 'Nothing', message: 'runs after one, two, or on request' },
    },
    {
      given: 'all have',
      so: 'runs with the oldest of their slots, due since the last of them has succeeded',
      task: then,
      now: '2026-01-05T12:30:01Z',
      world: beside(one, two),
      decides: {
        rule: 'due',
        do: 'Start',
        run: { reason: 'Dependency', slotTime: at(NOON), due: at('2026-01-05T12:30:00Z') },
      },
    },
    {
      given: 'it has run for that',
      so: 'nothing more',
      task: ran(then, '2026-01-05T12:30:00Z', {}, beside(one, two)),
      now: '2026-01-05T12:40:00Z',
      world: beside(one, two),
      decides: { rule: 'idle', do: 'Nothing' },
    },
    {
      given: 'one of them has succeeded again, and the other already had a later slot',
      so: 'runs for that one: up to there all have succeeded',
      task: ran(then, '2026-01-05T12:30:00Z', {}, beside(one, two)),
      now: '2026-01-06T12:10:00Z',
      world: beside(ran(one, '2026-01-06T12:00:00Z'), two),
      decides: { rule: 'due', do: 'Start', run: { slotTime: at('2026-01-05T12:30:00Z') } },
    },
    {
      given: 'the deadline is over since the last of them has succeeded',
      so: 'missed',
      task: then,
      now: '2026-01-05T13:30:01Z',
      world: beside(one, two),
      decides: { rule: 'late', events: [{ result: 'Missed', runReason: 'Dependency' }] },
    },
    {
      given: 'it was created after they had succeeded',
      so: 'nothing for the past',
      task: task({ name: 'then', created: '2026-01-05T12:31:00Z', spec: { dependsOn: [{ name: 'one' }] } }),
      now: '2026-01-05T12:32:00Z',
      world: beside(one),
      decides: { rule: 'idle', do: 'Nothing' },
    },
    {
      given: 'they succeed while its run is active',
      so: 'skipped, as a slot is',
      task: task({ name: 'then', spec: then.spec, status: first.status }),
      now: '2026-01-06T12:30:01Z',
      world: {
        ...beside(ran(one, '2026-01-06T12:00:00Z'), ran(two, '2026-01-06T12:30:00Z')),
        working: true,
      },
      decides: { rule: 'overlap', events: [{ result: 'Skipped', reason: 'Overlap', runReason: 'Dependency' }] },
    },
    {
      given: 'it has jitter',
      so: 'looks again when it is due',
      task: task({ name: 'then', spec: { dependsOn: [{ name: 'one' }], jitterSeconds: 3600 } }),
      now: '2026-01-05T12:00:00Z',
      world: beside(one),
      decides: { rule: 'idle', do: 'Nothing', lookAgain: expect.any(Number) },
    },
  ])
})
