import { expect, it } from 'vitest'
import type { ActiveRun, Status } from '../../src/api/task.ts'
import { idOf, night, Story } from './story.ts'

const LATER = '2026-11-25T20:00:01Z'
const later: ActiveRun = { ...night, id: idOf('sleep', LATER), slotTime: LATER, startTime: LATER }
const running = (activeRun: ActiveRun): Partial<Status> => ({ runCount: 1, activeRun })
const other = { other: true } as const

/** Both tasks are there, and the first one has begun its night. */
function begun(): Story {
  return new Story().task({}).task({}, other).task(running(night))
}

/** The night pauses while the other task runs, from its claim to its record. */
function overtaken(): Story {
  const paused = { ...night, attempt: 2, nextAttemptTime: '2026-11-25T20:00:20Z' }
  return begun()
    .web(1)
    .task(running(paused))
    .task(running(later), other)
    .web(2, { run: later.id })
    .task({ runCount: 1 }, other)
}

function after(seconds: number, story: Story): Story {
  for (let second = 0; second < seconds; second++) story.web(3, { by: 'kubectl' })
  return story
}

it.each<[string, Story, boolean]>([
  ['finds two runs that one process has claimed at once', begun().task(running(later), other), true],
  [
    'takes it that a process has not heard of a claim which came late from one that has ended',
    begun().task(running({ ...later, owner: 'two' }), other),
    false,
  ],
  [
    'finds that a process has had the time to hear of the claim',
    after(20, begun()).task(running({ ...later, owner: 'two' }), other),
    true,
  ],
  ['finds a run that goes on although it was overtaken', overtaken().web(0), true],
  [
    'takes it that nothing tells of a run whose task was let go meanwhile',
    overtaken()
      .task({ runCount: 1 }, { ...other, deleted: true, finalizers: [] })
      .web(0),
    false,
  ],
  [
    'finds that the task is to be deleted, and still there',
    overtaken()
      .task({ runCount: 1 }, { ...other, deleted: true })
      .web(0),
    true,
  ],
])('the checker %s', (_what, { violations }, expected) => {
  expect(violations.includes(6)).toBe(expected)
})
