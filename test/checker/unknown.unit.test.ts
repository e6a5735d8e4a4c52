import { expect, test } from 'vitest'
import type { ActiveRun, ScheduledTask, Status } from '../../src/api/task.ts'
import type { AuditEvent } from '../harness/audit.ts'
import { idOf, NIGHT, SLOT, Story } from './story.ts'

// What no audit log tells, but the simulation: when the requests of a dead process were sent, and who was not told of a task.

const night: ActiveRun = {
  id: NIGHT,
  operation: 'sleep',
  reason: 'Schedule',
  slotTime: SLOT,
  startTime: '2026-11-25T20:00:00.100Z',
  attempt: 1,
  namespaces: ['team-a'],
  owner: 'one',
  resumed: 0,
  specKey: 'key',
}
const morning: ActiveRun = { ...night, id: idOf('wake'), operation: 'wake' }
const asleep = { kept: { from: 3, to: 0 } }
const claimed: Partial<Status> = { runCount: 1, activeRun: night }
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
  const story = begun()
    .web(0, { kept: { ...asleep.kept, holders } })
    .task(done)
  const [event] = new Story().task({}).log as [AuditEvent]
  const { metadata, ...rest } = event.responseObject as ScheduledTask
  story.log.push({ ...event, responseObject: { ...rest, metadata: { ...metadata, uid: 'other-uid', name: 'other' } } })
  return story.task({ ...done, runCount: 2, activeRun: morning }).web(3, { run: morning.id })
}
