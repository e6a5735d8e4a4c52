import { expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import type { Happening } from './happenings.ts'
import { shortfalls } from './verdict.ts'

const NIGHTS = {
  metadata: { namespace: 'team-a', name: 'nights-off' },
  spec: { schedule: '*/2 * * * *', operation: { sleep: { wakeSchedule: '1-59/2 * * * *' } } },
  status: { phase: 'Scheduled', lastMessage: 'slept 2 Deployments', nextRunTime: '2026-11-24T00:31:00Z' },
} as unknown as ScheduledTask

const ended = (operation: Happening['operation'], result: Happening['result']): Happening => ({
  task: 'team-a/nights-off',
  time: '2026-11-24T00:30:00Z',
  operation,
  result,
  says: '',
})

test('a sleep with wakeSchedule has to wake as well', () => {
  expect(shortfalls([NIGHTS], [ended('sleep', 'Succeeded')])).toEqual([
    'team-a/nights-off: wake has not succeeded: slept 2 Deployments (phase Scheduled, next run 2026-11-24T00:31:00Z)',
  ])
  expect(shortfalls([NIGHTS], [ended('sleep', 'Succeeded'), ended('wake', 'Succeeded')])).toEqual([])
})

test('one success is enough, a failure is not', () => {
  expect(shortfalls([NIGHTS], [ended('sleep', 'Failed'), ended('wake', 'Succeeded')])).toHaveLength(1)
  expect(
    shortfalls([NIGHTS], [ended('sleep', 'Succeeded'), ended('sleep', 'Failed'), ended('wake', 'Succeeded')]),
  ).toEqual([])
})

test('a task that never ran says so', () => {
  const { metadata, spec } = NIGHTS
  expect(shortfalls([{ metadata, spec } as ScheduledTask], [])[0]).toContain('it has not run (phase unknown')
})
