import { expect, test } from 'vitest'
import type { Status } from '../../src/api/task.ts'
import { asleep, claimed, morning, Story } from './story.ts'

// What no audit log tells, but the simulation: when the requests of a dead process were sent, and who was not told of a task.

const done: Partial<Status> = { runCount: 1 }

const stories: readonly [string, Story, readonly number[]][] = [
  ['a write that a process which died had sent before the record', recorded().web(0, asleep).lastWord(2), []],
  ['one that was sent before its claim', begun().web(0, asleep).lastWord(2), [8]],
  [
    'one that was sent after the record',
    recorded()
      .task({ ...done, handled: { cancel: 'enough' } })
      .web(0, asleep)
      .lastWord(1),
    [8],
  ],
  ['a wake that forgets who else holds it, of whom an operator was not told', forgetful().unlisted('other-uid'), []],
  ['a wake that forgets who else holds it, when it was another who was not told of', forgetful().unlisted('uid'), [11]],
]

for (const [what, story, expected] of stories) {
  test(`the checker ${expected.length > 0 ? 'finds' : 'is content with'} ${what}`, () => {
    expect(story.violations.filter(one => one === 8 || one === 11)).toEqual(expected)
  })
}

function begun(): Story {
  return new Story().task({}).web(3, { by: 'kubectl' }).task(claimed)
}

function recorded(): Story {
  return begun().task(done)
}

/** A wake of what another task holds asleep, too. */
function forgetful(): Story {
  const holders = [{ task: 'team-a/other', uid: 'other-uid' }]
  return begun()
    .web(0, { kept: { ...asleep.kept, holders } })
    .task(done)
    .task({}, { other: true })
    .task({ ...done, runCount: 2, activeRun: morning })
    .web(3, { run: morning.id })
}
