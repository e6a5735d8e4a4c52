import { describe, expect, it } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { changed, claimed, decided, task, written } from '../../../test/builders/task.ts'

const active = claimed(task({ spec: { schedule: '0 12 * * *' } }), '2026-01-05T12:00:00Z')
const paused = written(active, '2026-01-05T12:00:10Z', {
  event: 'AttemptFailed',
  nextAttempt: 2,
  nextAttemptTime: Date.parse('2026-01-05T12:01:00Z'),
  message: 'the API server is away',
})
const other = { owner: 'rota-2' }
const now = '2026-01-05T12:00:20Z'

function resumedTimes(resumed: number) {
  const { activeRun, ...status } = active.status
  return changed(active, { status: { ...status, ...(activeRun && { activeRun: { ...activeRun, resumed } }) } })
}
const interrupted = { rule: 'resumedRun', do: 'Write', events: [{ result: 'Failed', reason: 'Interrupted' }] }

describe('a run that nobody in this process works on goes on', () => {
  table([
    { given: 'of a process that is gone', so: 'resumed', task: active, now, world: other, decides: { do: 'Resume' } },
    {
      given: 'another task works on it here',
      so: 'left alone',
      task: active,
      now,
      world: { working: true },
      decides: { rule: 'running', do: 'Nothing' },
    },
    {
      given: 'resumed 4 times',
      so: 'resumed for the fifth time',
      task: resumedTimes(4),
      now,
      world: other,
      decides: { rule: 'resumedRun', do: 'Resume' },
    },
    { given: 'resumed 5 times', so: 'given up', task: resumedTimes(5), now, world: other, decides: interrupted },
    {
      given: 'resumed 5 times, the last time by this process',
      so: 'its next attempt goes on',
      task: resumedTimes(5),
      now,
      decides: { do: 'Resume' },
    },
    {
      given: 'exactly startingDeadline + timeout (3900 s) after its start',
      so: 'resumed',
      task: active,
      now: '2026-01-05T13:05:00Z',
      world: other,
      decides: { do: 'Resume' },
    },
    {
      given: 'a second later',
      so: 'given up',
      task: active,
      now: '2026-01-05T13:05:01Z',
      world: other,
      decides: interrupted,
    },
    {
      given: 'the same, but it is of this process',
      so: 'goes on',
      task: active,
      now: '2026-01-05T13:05:01Z',
      decides: { do: 'Resume' },
    },
    {
      given: 'the clock cannot be trusted',
      so: 'nothing, and looks again in 5 s',
      task: active,
      now,
      world: { ...other, clockSkewed: true },
      decides: { rule: 'skewedClock', do: 'Nothing', lookAgain: Date.parse(now) + 5000 },
    },
  ])
})

describe('a pause between two attempts is honoured', () => {
  table([
    {
      given: 'one second before its end',
      so: 'nothing until its end',
      task: paused,
      now: '2026-01-05T12:00:59Z',
      decides: { rule: 'running', do: 'Nothing', lookAgain: Date.parse('2026-01-05T12:01:00Z') },
    },
    {
      given: 'one second before its end, by another process',
      so: 'nothing either',
      task: paused,
      now: '2026-01-05T12:00:59Z',
      world: other,
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-05T12:01:00Z') },
    },
    { given: 'at its end', so: 'goes on', task: paused, now: '2026-01-05T12:01:00Z', decides: { do: 'Resume' } },
    {
      given: 'at its end, by another process',
      so: 'goes on',
      task: paused,
      now: '2026-01-05T12:01:00Z',
      world: other,
      decides: { do: 'Resume' },
    },
    {
      given: 'a later slot started on its namespace meanwhile',
      so: 'ends as overtaken',
      task: paused,
      now: '2026-01-05T12:00:59Z',
      world: { overtakenBy: 'team-a/later' },
      decides: { do: 'Write', events: [{ result: 'Failed', reason: 'Overtaken' }] },
    },
    {
      given: 'its end has passed while the clock cannot be trusted',
      so: 'looks again in 5 s, not at once',
      task: paused,
      now: '2026-01-05T12:02:00Z',
      world: { clockSkewed: true },
      decides: { do: 'Nothing', lookAgain: Date.parse('2026-01-05T12:02:05Z') },
    },
  ])

  it('resumes with the run as it was claimed', () => {
    const run = active.status.activeRun
    expect(decided(active, now, other)).toMatchObject({
      run: { id: run?.id, operation: 'restart', slotTime: Date.parse('2026-01-05T12:00:00Z'), namespaces: ['team-a'] },
    })
  })
})
