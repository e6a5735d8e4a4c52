import { describe, expect, it } from 'vitest'
import { at, changed, claimed, edited, nightly, ran, task, written } from '../../test/builders/task.ts'
import type { Task } from '../decide/task.ts'
import { overtakenBy } from './overtaken.ts'

const restarts = { restart: { kinds: ['Deployment'] } } as const
const over = (namespaces: string[], schedule: string) => ({ schedule, operation: restarts, target: { namespaces } })

/** Claimed at 20:00, pauses after its first attempt. */
const paused = written(
  claimed(task({ spec: over(['x', 'y'], '0 20 * * *') }), '2026-01-05T20:00:00.5Z'),
  '2026-01-05T20:00:01Z',
  {
    event: 'AttemptFailed',
    nextAttempt: 2,
    nextAttemptTime: at('2026-01-05T20:05:00Z'),
    message: 'busy',
  },
)

const other = (namespaces: string[], schedule = '1 20 * * *') =>
  task({ name: 'other', spec: over(namespaces, schedule) })

it.each<[string, Task, boolean]>([
  ['a later slot is at work on one of its namespaces', claimed(other(['y', 'z']), '2026-01-05T20:01:00Z'), true],
  [
    'a later slot that pauses, too, has started before',
    claimed(other(['y'], '1 20 * * *'), '2026-01-05T20:01:00Z'),
    true,
  ],
  ['a later slot has been at work there', ran(other(['y', 'z']), '2026-01-05T20:01:00Z'), true],
  [
    'so it has, beyond the namespaces that history names',
    ran(other(['a', 'b', 'c', 'd', 'e', 'f', 'y']), '2026-01-05T20:01:00Z'),
    true,
  ],
  [
    'so it has, though it failed',
    ran(other(['y', 'z']), '2026-01-05T20:01:00Z', { result: 'Failed', reason: 'ServerError', changed: 0 }),
    true,
  ],
  [
    'so it has, and was then refused the rest',
    ran(other(['y', 'z']), '2026-01-05T20:01:00Z', { result: 'Failed', reason: 'Forbidden', changed: 1 }),
    true,
  ],
  [
    'a later slot was refused there, and so had no say',
    ran(other(['y', 'z']), '2026-01-05T20:01:00Z', { result: 'Failed', reason: 'Forbidden', changed: 0 }),
    false,
  ],
  ['a later slot works elsewhere', claimed(other(['z']), '2026-01-05T20:01:00Z'), false],
  ['the same slot', claimed(other(['x'], '0 20 * * *'), '2026-01-05T20:02:00Z'), false],
  ['an older slot that came late', claimed(other(['x'], '50 19 * * *'), '2026-01-05T20:02:00Z'), false],
  ['a later slot waits', other(['x']), false],
])('%s: %s', (_, rival, overtaken) => {
  expect(overtakenBy(paused, [paused, rival])).toBe(overtaken ? rival.key : undefined)
})

describe('what a run did counts, whatever its task does by now', () => {
  const job = { operation: { job: { image: 'busybox' } }, target: { namespaces: ['x'] } }
  const jobs = (schedule = '1 20 * * *') => task({ name: 'other', spec: { schedule, ...job } })
  const restarting = { operation: restarts, target: { namespaces: ['x'] } }

  it.each<[string, Task, boolean]>([
    ['a Job', ran(jobs(), '2026-01-05T20:01:00Z'), false],
    ['a Job at work', claimed(jobs(), '2026-01-05T20:01:00Z'), false],
    ['a Job of a task that restarts by now', edited(ran(jobs(), '2026-01-05T20:01:00Z'), restarting), false],
    ['a restart', ran(other(['x']), '2026-01-05T20:01:00Z'), true],
    ['a restart of a task that runs Jobs by now', edited(ran(other(['x']), '2026-01-05T20:01:00Z'), job), true],
    ['a restart at work, of such a task', edited(claimed(other(['x']), '2026-01-05T20:01:00Z'), job), true],
  ])('%s: %s', (_, rival, overtaken) => {
    expect(overtakenBy(paused, [rival])).toBe(overtaken ? rival.key : undefined)
  })

  it('a Job that pauses is overtaken by nobody', () => {
    const { activeRun } = paused.status
    if (!activeRun) throw new Error('it must pause')
    const pausedJob = changed(paused, { status: { ...paused.status, activeRun: { ...activeRun, operation: 'job' } } })
    expect(overtakenBy(pausedJob, [ran(other(['x']), '2026-01-05T20:01:00Z')])).toBeUndefined()
  })
})

it('a request that started meanwhile overtakes, since it is dated at its claim', () => {
  const request = task({ name: 'other', run: 'now', spec: { operation: restarts, target: { namespaces: ['x'] } } })
  expect(overtakenBy(paused, [claimed(request, '2026-01-05T20:02:00Z')])).toBe(request.key)
})

it('a slot that was skipped there overtakes nobody', () => {
  const skipped = written(other(['x']), '2026-01-05T20:01:00Z', {
    event: 'NotRun',
    id: 's',
    result: 'Skipped',
    reason: 'Overlap',
    message: 'm',
    operation: 'restart',
    runReason: 'Schedule',
    slotTime: at('2026-01-05T20:01:00Z'),
    count: 1,
  })
  expect(overtakenBy(paused, [skipped])).toBeUndefined()
})

it('nobody overtakes a task without a paused run', () => {
  const rival = claimed(other(['x']), '2026-01-05T20:01:00Z')
  expect(
    overtakenBy(claimed(task({ spec: over(['x'], '0 20 * * *') }), '2026-01-05T20:00:00Z'), [rival]),
  ).toBeUndefined()
  expect(overtakenBy(task({ spec: nightly() }), [rival])).toBeUndefined()
})
