import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { at, beside, edited, nightly, ran, task, written } from '../../../test/builders/task.ts'
import type { Spec } from '../../api/task.ts'

const NOON = '2026-01-05T12:00:00Z'
const cacheable = { cacheSeconds: 3600 } as const
const done = ran(task({ spec: cacheable, run: 'r1' }), NOON)
/** It has this spec, and has succeeded at noon. */
const succeeded = (spec: Partial<Spec>) => {
  const asked = task({ spec: { ...cacheable, ...spec }, run: 'r1' })
  return ran(asked, NOON)
}
const again = (changes: object = {}) => task({ spec: { ...cacheable, ...changes }, run: 'r2', status: done.status })
const first = ran(task({ name: 'first', spec: { schedule: '30 12 * * *' } }), '2026-01-05T12:30:00Z')

describe('cacheSeconds (an hour here): a young success is the answer', () => {
  table([
    {
      given: 'a request half an hour after the last success',
      so: 'answered without a run',
      task: again(),
      now: '2026-01-05T12:30:00Z',
      decides: {
        rule: 'requested',
        do: 'Write',
        events: [
          {
            event: 'NotRun',
            result: 'Skipped',
            reason: 'Cached',
            runReason: 'Request',
            message: 'succeeded 1800 s ago, and spec.cacheSeconds is 3600',
          },
          { event: 'Handled', run: 'r2' },
        ],
      },
    },
    {
      given: 'an hour after it',
      so: 'runs',
      task: again(),
      now: '2026-01-05T13:00:00Z',
      decides: { rule: 'requested', do: 'Start' },
    },
    {
      given: 'the operation was edited since',
      so: 'runs',
      task: again({ operation: { restart: { kinds: ['Deployment'] } } }),
      now: '2026-01-05T12:30:00Z',
      decides: { do: 'Start' },
    },
    {
      given: 'only the title was edited since',
      so: 'answered without a run',
      task: written(edited(again(), { title: 'new' }), '2026-01-05T12:10:00Z'),
      now: '2026-01-05T12:30:00Z',
      decides: { do: 'Write' },
    },
    {
      given: 'a slot of its schedule',
      so: 'runs: only requests and runs after others are answered so',
      task: succeeded({ schedule: '30 12 * * *' }),
      now: '2026-01-05T12:30:00Z',
      decides: { rule: 'due', do: 'Start' },
    },
    {
      given: 'a run after others',
      so: 'answered without a run, and the slot is done with',
      task: succeeded({ dependsOn: [{ name: 'first' }] }),
      now: '2026-01-05T12:30:00Z',
      world: beside(first),
      decides: {
        rule: 'cached',
        do: 'Write',
        events: [
          { result: 'Skipped', reason: 'Cached', runReason: 'Dependency', slotTime: at('2026-01-05T12:30:00Z') },
        ],
      },
    },
    {
      given: 'a sleep task that was woken last',
      so: 'sleeps on request: the last success was no sleep',
      task: task({
        spec: nightly(cacheable),
        run: 'r1',
        status: ran(ran(task({ spec: nightly(cacheable) }), '2026-01-05T20:00:00Z'), '2026-01-06T07:00:00Z').status,
      }),
      now: '2026-01-06T07:30:00Z',
      decides: { rule: 'requested', do: 'Start', run: { operation: 'sleep' } },
    },
  ])
})
