import { describe, expect, it } from 'vitest'
import { at, claimed, nightly, ran, task } from '../../../test/builders/task.ts'
import type { Task } from '../../decide/task.ts'
import { operationsOf, outlook } from './outlook.ts'

const NOON = at('2026-01-05T12:00:00Z')
const of = (state: Task, isInCluster = true) => outlook({ file: undefined, isInCluster }, state, NOON)
const runs = (state: Task, isInCluster = true) =>
  of(state, isInCluster).nextRuns.map(({ operation, local }) => `${operation} ${local}`)

describe('the outlook of a task', () => {
  it('has the next five runs of both kinds, in its own time', () => {
    expect(runs(task({ spec: nightly({ timeZone: 'Europe/Berlin' }) }))).toEqual([
      'sleep 2026-01-05T20:00:00+01:00',
      'wake 2026-01-06T07:00:00+01:00',
      'sleep 2026-01-06T20:00:00+01:00',
      'wake 2026-01-07T07:00:00+01:00',
      'sleep 2026-01-07T20:00:00+01:00',
    ])
  })

  it('has only the wakes while a breaker is open', () => {
    const failing = task({ spec: nightly({ suspendAfterFailures: 1 }) })
    const broken = ran(failing, '2026-01-05T20:00:00Z', { result: 'Failed' })
    expect(runs(broken).every(run => run.startsWith('wake '))).toBe(true)
    expect(of(broken).state[0]?.reason).toBe('TooManyFailures')
  })

  it('says what delays runs that have no task yet by how much at most, and shows their slots', () => {
    const jittery = task({ spec: { schedule: '0 20 * * *', jitterSeconds: 600 } })
    expect(of(jittery, false).plusJitterSeconds).toBe(600)
    expect(runs(jittery, false)[0]).toBe('restart 2026-01-05T20:00:00+00:00')
    expect(of(jittery).plusJitterSeconds).toBeNull()
    expect(runs(jittery)[0]).not.toBe('restart 2026-01-05T20:00:00+00:00')
  })

  it.each<[string, Task, readonly string[]]>([
    ['has no schedule', task(), ['OnRequest']],
    ['follows others', task({ spec: { dependsOn: [{ name: 'backup' }] } }), ['AfterOthers']],
    ['is suspended', task({ spec: nightly({ suspend: true }) }), ['Suspended']],
    ['is held', task({ spec: nightly(), hold: '2026-01-06T00:00:00Z' }), ['Held']],
    ['cannot work', task({ spec: { schedule: '0 25 * * *' } }), ['InvalidSchedule']],
    ['runs', claimed(task({ run: 'r1' }), '2026-01-05T12:00:00Z'), ['OnRequest', 'Running']],
    ['goes', task({ deleted: '2026-01-05T11:00:00Z', finalizers: ['rota.dev/wake'] }), ['Deleted', 'OnRequest']],
  ])('says that it %s', (_, state, reasons) => {
    expect(of(state).state.map(({ reason }) => reason)).toEqual(reasons)
  })
})

it('a sleep can be asked to wake as well while something sleeps by it', () => {
  const sleeper = task({ spec: nightly() })
  expect(operationsOf(sleeper)).toEqual(['sleep'])
  expect(operationsOf(ran(sleeper, '2026-01-05T20:00:00Z'))).toEqual(['sleep', 'wake'])
  expect(operationsOf(task())).toEqual(['restart'])
})
