import { expect, it } from 'vitest'
import { objectOf, task } from '../../test/builders/task.ts'
import { contextOf, type Others } from './prepare.ts'

const RUN = { id: 'run-1', operation: 'sleep', slotTime: '2026-01-05T20:00:00Z', namespaces: ['team-a'] } as const
const known = { get: (key: string) => (key === 'team-a/known' ? { uid: 'uid-1' } : undefined) }

/** A cluster with a task that is too young to be known; what is asked for is written down. */
function others(asked: string[], seesAll = true): Others {
  const read = async (namespace: string, name: string) => {
    asked.push(`${namespace}/${name}`)
    return name === 'young' ? objectOf(task({ name, uid: 'uid-2' })) : undefined
  }
  return { seesAll, store: known, tasks: { read } }
}

it.each([
  ['whose task is known', 'team-a/known', 'uid-1', false, []],
  ['whose task was made again under its name', 'team-a/known', 'uid-0', true, ['team-a/known']],
  ['whose task is too young to be known', 'team-a/young', 'uid-2', false, ['team-a/young']],
  ['whose task is not there', 'team-a/old', 'uid-3', true, ['team-a/old']],
  ['that no task can be', 'team-b/x%2F..%2Fsecrets/y', 'uid-4', true, []],
  ['whose name has too many parts', 'team-a/young/status', 'uid-2', true, []],
])('a holder %s', async (_, holder, uid, isGone, asks) => {
  const asked: string[] = []
  const context = contextOf(others(asked), task(), RUN, 30)
  expect([await context.isGone({ task: holder, uid, run: 'run-0' }), asked]).toEqual([isGone, asks])
})

it('a holder of a namespace that is not looked at is let be', async () => {
  const asked: string[] = []
  const context = contextOf(others(asked, false), task(), RUN, 30)
  expect([await context.isGone({ task: 'team-c/any', uid: 'uid-5', run: 'run-0' }), asked]).toEqual([false, []])
})

it('where nobody can be asked, what is known counts: a preview changes nothing', async () => {
  const context = contextOf({ seesAll: true, store: known }, task(), RUN, 30)
  expect(await context.isGone({ task: 'team-a/young', uid: 'uid-2', run: 'run-0' })).toBe(true)
})
