import { describe, expect, it } from 'vitest'
import { taskView } from '../../test/builders/task-view.ts'
import type { TaskView } from '../server/shapes.ts'
import { placeOf, stripOf } from './strip.ts'

const NOW = Date.parse('2026-11-25T12:00:00Z')
/** So many hours from now. */
const at = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString()

const ended = (operation: TaskView['operation_type'], hours: number, result: 'Succeeded' | 'Failed' = 'Succeeded') => ({
  operation,
  at: at(hours),
  result,
  duration_seconds: 1,
  count: 1,
})
const due = (operation: TaskView['operation_type'], hours: number) => ({ operation, at: at(hours) })
const sleeper = (over: Partial<TaskView>) => taskView('team-a/nights', { operation_type: 'sleep', ...over })
const asleep = (since: string | null) => ({ since, namespaces: [], workloads: 1, cpu_cores: 1, memory_bytes: 1 })

describe('a strip', () => {
  it('reaches a day to both sides of now', () => {
    expect([-24, -12, 0, 24, 30, -30].map(hours => placeOf(Date.parse(at(hours)), NOW))).toEqual([
      0, 0.25, 0.5, 1, 1, 0,
    ])
  })

  it('has what ran and what is due, oldest first', () => {
    const task = taskView('a/b', {
      recent: [ended('restart', -1, 'Failed'), ended('restart', -13)],
      upcoming: [due('restart', 11)],
    })
    expect(stripOf(task, NOW).marks.map(({ result, operation }) => `${operation} ${result ?? 'due'}`)).toEqual([
      'restart Succeeded',
      'restart Failed',
      'restart due',
    ])
  })

  it('shows the worst of what lies in one place, and counts all of it', () => {
    const recent = [-1.1, -1.11, -1.12].map((hours, n) => ended('restart', hours, n === 1 ? 'Failed' : 'Succeeded'))
    expect(stripOf(taskView('a/b', { recent }), NOW).marks).toMatchObject([{ result: 'Failed', count: 3 }])
  })

  it('leaves out what lies further away, and what is due no more', () => {
    const task = taskView('a/b', {
      recent: [ended('restart', -25)],
      upcoming: [due('restart', -0.1), due('restart', 25)],
    })
    expect(stripOf(task, NOW).marks).toEqual([])
  })

  it('shows a run under way from its start to now', () => {
    const run = { run_id: 'r', operation: 'restart', reason: 'Schedule', attempt: 1, next_attempt_time: null } as const
    const active_run = { ...run, slot_time: at(-12), start_time: at(-12), namespaces: [] }
    expect(stripOf(taskView('a/b', { active_run }), NOW).running).toMatchObject({ from: 0.25, to: 0.5 })
  })
})

describe('what sleeps', () => {
  it.each<[string, Partial<TaskView>, readonly string[]]>([
    [
      'from the evening, on to the morning',
      { recent: [ended('sleep', -12)], upcoming: [due('wake', 6)], sleeping: asleep(at(-12)) },
      ['0.25-0.5', '0.5-0.625 expected'],
    ],
    ['last night', { recent: [ended('wake', -6), ended('sleep', -18)] }, ['0.125-0.375']],
    ['since before the strip begins', { recent: [ended('wake', -12)] }, ['0-0.25']],
    ['for days, without a wake', { sleeping: asleep(at(-70)) }, ['0-0.5', '0.5-1 expected']],
    [
      'for days, until a wake',
      { sleeping: asleep(at(-70)), upcoming: [due('wake', 12)] },
      ['0-0.5', '0.5-0.75 expected'],
    ],
    ['only later', { upcoming: [due('sleep', 6), due('wake', 12)] }, ['0.625-0.75 expected']],
    ['later, past the end', { upcoming: [due('sleep', 12)] }, ['0.75-1 expected']],
    ['not, as its sleep has failed', { recent: [ended('sleep', -6, 'Failed')], upcoming: [due('wake', 6)] }, []],
    ['not, as it is no sleep', { operation_type: 'restart', recent: [ended('restart', -6)] }, []],
  ])('%s', (_, over, spans) => {
    const told = stripOf(sleeper(over), NOW).sleeps.map(
      ({ from, to, expected }) => `${from}-${to}${expected ? ' expected' : ''}`,
    )
    expect(told).toEqual(spans)
  })
})
