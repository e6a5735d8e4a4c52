import { expect, it } from 'vitest'
import type { Status } from '../../src/api/task.ts'
import { morning, Story } from './story.ts'

const waking: Partial<Status> = { runCount: 1, activeRun: morning }
const asAnother = { run: morning.id, as: 'system:serviceaccount:team-a:another' }
const edited = { spec: { serviceAccountName: 'another' }, generation: 2 }

it.each<[string, Story, readonly number[]]>([
  [
    'no run that goes on as the account that an edit names',
    new Story().task({}).task(waking).task(waking, edited).web(3, asAnother),
    [13, 15],
  ],
  [
    'the wake of a deletion that does, as no edit ends that',
    new Story()
      .task({})
      .task(waking, { deleted: true })
      .task(waking, { ...edited, deleted: true })
      .web(3, asAnother),
    [],
  ],
  [
    'no wake of a deletion in the name of one that only a later edit names',
    new Story()
      .task({})
      .task(waking, { deleted: true })
      .web(3, asAnother)
      .task(waking, { ...edited, deleted: true }),
    [8],
  ],
])('the checker takes %s', (_what, story, expected) => {
  expect(story.violations).toEqual(expected)
})
