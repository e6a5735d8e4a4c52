import { expect, it } from 'vitest'
import { taskView } from '../../test/builders/task-view.ts'
import { after, type Tasks } from './tasks.ts'

const NOW = '2026-11-25T12:00:00Z'
const none: Tasks = new Map()

it('follows what happens to tasks, in order', () => {
  const changed = taskView('a/y', { run_count: 7 })
  const tasks = after(none, [
    { type: 'all', tasks: [taskView('a/x'), taskView('a/y')], now: NOW },
    { type: 'put', task: taskView('a/z') },
    { type: 'gone', task_id: 'a/x' },
    { type: 'put', task: changed },
  ])
  expect([...(tasks?.keys() ?? [])]).toEqual(['a/y', 'a/z'])
  expect(tasks?.get('a/y')).toBe(changed)
})

it('forgets what a new list does not hold', () => {
  const before = after(none, [{ type: 'put', task: taskView('a/x') }])
  expect(after(before, [{ type: 'all', tasks: [], now: NOW }])?.size).toBe(0)
  expect(before?.size).toBe(1)
})

it('is the same when nothing happens', () => {
  expect(after(none, [{ type: 'beat', now: NOW }])).toBe(none)
})
