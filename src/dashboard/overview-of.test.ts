import { describe, expect, it } from 'vitest'
import { taskView } from '../../test/builders/task-view.ts'
import type { TaskView } from '../server/shapes.ts'
import { asleep, chosen, nextOf, savings, troubles } from './overview-of.ts'

const failed = (times: number) =>
  ({
    last_result: 'Failed',
    consecutive_failures: times,
    last_failure: '2026-11-25T03:00:01Z',
    last_message: 'why',
  }) as const
const mark = (result: 'Failed' | 'TimedOut' | 'Missed' | 'Succeeded', count = 1) =>
  ({ operation: 'restart', at: '2026-11-25T01:00:00Z', result, duration_seconds: null, count }) as const
const condition = (type: string) =>
  ({ type, status: 'True', reason: 'R', message: 'by somebody', last_transition_time: '2026-11-25T04:00:00Z' }) as const
const sleeping = (namespaces: string[], cpu_cores = 0) => ({
  since: null,
  namespaces,
  workloads: 2,
  cpu_cores,
  memory_bytes: 8,
})

describe('what needs attention', () => {
  it.each<[string, Partial<TaskView>, object | undefined]>([
    [
      'a failure, with its reason',
      failed(1),
      { when: 'Now', headline: 'failed', message: 'why', since: '2026-11-25T03:00:01Z' },
    ],
    ['failures in a row', failed(3), { headline: 'failed, 3 times in a row' }],
    ['a timeout', { last_result: 'TimedOut', consecutive_failures: 1 }, { headline: 'timed out' }],
    [
      'a task that cannot work',
      { status: 'Stalled', status_message: 'no account' },
      { headline: 'cannot be scheduled', message: 'no account' },
    ],
    [
      'one whose status has no message',
      { status: 'Stalled', conditions: [condition('Stalled')] },
      { message: 'by somebody', since: '2026-11-25T04:00:00Z' },
    ],
    [
      'what others have undone',
      { conditions: [condition('Reverted')] },
      { headline: 'was undone by others', message: 'by somebody' },
    ],
    [
      'a failure of last night that is over',
      { recent: [mark('Succeeded'), mark('Failed')] },
      { when: 'Past', headline: 'restart failed, and has succeeded since' },
    ],
    ['missed slots', { recent: [mark('Missed', 3), mark('Missed')] }, { when: 'Past', headline: 'missed 4 slots' }],
    ['nothing', { recent: [mark('Succeeded')] }, undefined],
  ])('%s', (_, over, wanted) => {
    const [found] = troubles([taskView('a/b', over)])
    if (wanted === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(wanted)
  })

  it('has what cannot work first, then what fails, then what is over', () => {
    const tasks = [
      taskView('a/over', { recent: [mark('Failed')] }),
      taskView('a/fails', failed(1)),
      taskView('a/stalled', { status: 'Stalled' }),
    ]
    expect(troubles(tasks).map(({ task }) => task.name)).toEqual(['stalled', 'fails', 'over'])
  })
})

describe('savings', () => {
  it('are summed up by cost center, the largest first', () => {
    const tasks = [
      taskView('a/x', { cost_center: 'small', sleeping: sleeping(['a'], 1) }),
      taskView('b/x', { cost_center: 'large', sleeping: sleeping(['b', 'c'], 3) }),
      taskView('c/x', {
        cost_center: 'large',
        sleeping: sleeping(['c'], 2),
        saved: { cpu_core_hours: 5, memory_gib_hours: 6 },
      }),
      taskView('d/x', { saved: { cpu_core_hours: 1, memory_gib_hours: 0 } }),
      taskView('e/never-slept'),
    ]
    expect(
      savings(tasks).map(({ costCenter, namespaces, workloads, cores }) => [costCenter, namespaces, workloads, cores]),
    ).toEqual([
      ['large', 2, 4, 5],
      ['small', 1, 2, 1],
      ['', 0, 0, 0],
    ])
    expect(savings(tasks)[0]).toMatchObject({ bytes: 16, coreHours: 5, gibHours: 6 })
    expect(asleep(tasks)).toEqual(['a', 'b', 'c'])
  })
})

describe('the list of tasks', () => {
  const tasks = [
    taskView('team-a/late', { next_run: '2026-11-27T00:00:00Z', title: 'Restart the API' }),
    taskView('team-a/soon', { next_run: '2026-11-26T00:00:00Z', cost_center: 'cc-1' }),
    taskView('team-b/never', { next_run: null, status: 'Suspended' }),
    taskView('team-b/broken', failed(1)),
  ]
  const names = (filter: object) =>
    chosen(tasks, { text: '', namespace: '', state: '', ...filter }).map(({ name }) => name)

  it('begins with what is in trouble, then goes by what is due', () => {
    expect(names({})).toEqual(['broken', 'soon', 'late', 'never'])
  })

  it.each<[object, readonly string[]]>([
    [{ text: 'API restart' }, ['late']],
    [{ text: 'cc-1' }, ['soon']],
    [{ text: 'team-b/' }, ['broken', 'never']],
    [{ text: 'nothing of the kind' }, []],
    [{ namespace: 'team-b' }, ['broken', 'never']],
    [{ namespace: 'team' }, []],
    [{ state: 'failing' }, ['broken']],
    [{ state: 'suspended', namespace: 'team-b' }, ['never']],
    [{ state: 'toString' }, ['broken', 'soon', 'late', 'never']],
  ])('%j', (filter, wanted) => {
    expect(names(filter)).toEqual(wanted)
  })
})

it('tells what comes next of all tasks, without what is over', () => {
  const upcoming = (...at: string[]) => ({ upcoming: at.map(at => ({ operation: 'restart' as const, at })) })
  const tasks = [
    taskView('a/x', upcoming('2026-11-25T11:00:00Z', '2026-11-25T14:00:00Z')),
    taskView('a/y', upcoming('2026-11-25T13:00:00Z')),
  ]
  const next = (now: string) => nextOf(tasks, Date.parse(now))?.task.name
  expect([next('2026-11-25T12:00:00Z'), next('2026-11-25T13:30:00Z'), next('2026-11-25T15:00:00Z')]).toEqual([
    'y',
    'x',
    undefined,
  ])
})
