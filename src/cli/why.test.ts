import { describe, expect, it } from 'vitest'
import { at, claimed, edited, nightly, objectOf, ran, task, written } from '../../test/builders/task.ts'
import type { Task } from '../decide/task.ts'
import { answer, asText } from './why.ts'

const NOON = '2026-01-05T12:00:00Z'
const of = (state: Task, others: readonly Task[] = [], when = NOON) =>
  answer(objectOf(state), [state, ...others].map(objectOf), at(when))

const daily = { schedule: '0 20 * * *' }
const suspended = written(edited(task({ spec: daily }), { suspend: true }), NOON)
const busy = claimed(task({ name: 'restart-web', run: 'r1' }), NOON)
const job = task({ name: 'backup', run: 'r1', spec: { operation: { job: { image: 'backup:1' } } } })
const failing = task({ spec: { ...daily, suspendAfterFailures: 1 } })

describe('why a task runs, or not', () => {
  it.each([
    ['its slot is to come', of(task({ spec: daily })), 'idle', 'not due until 2026-01-05T20:00:00Z'],
    ['it has no schedule', of(task()), 'idle', 'runs on request'],
    ['it is suspended', of(suspended), 'suspended', 'suspended: spec.suspend is true'],
    ['it is held', of(task({ spec: daily, hold: '2026-01-06T00:00:00Z' })), 'held', 'held until 2026-01-06T00:00:00Z'],
    [
      'it is broken',
      of(ran(failing, '2026-01-05T20:00:00Z', { result: 'Failed' }), [], '2026-01-05T21:00:00Z'),
      'broken',
      '1 runs in a row have failed',
    ],
    [
      'it waits for another',
      of(task({ spec: { ...daily, dependsOn: [{ name: 'backup' }] } }), [], '2026-01-05T20:00:01Z'),
      'awaitsOthers',
      'waiting for backup, which does not exist',
    ],
    [
      'another run is on its namespace',
      of(task({ spec: daily }), [busy], '2026-01-05T20:00:01Z'),
      'namespaceBusy',
      'waiting: team-a is busy with team-a/restart-web since 2026-01-05T12:00:00.000Z',
    ],
    [
      'a job is on its namespace, which takes it from nobody',
      of(task({ spec: daily }), [claimed(job, NOON)], '2026-01-05T20:00:01Z'),
      'due',
      'the slot of 2026-01-05T20:00:00Z is due',
    ],
    [
      'it runs',
      of(claimed(task({ spec: nightly() }), '2026-01-05T20:00:00Z'), [], '2026-01-05T20:00:05Z'),
      'running',
      'is active since',
    ],
    [
      'it cannot work',
      of(task({ spec: { schedule: '0 25 * * *' } })),
      'stalled',
      "spec.schedule: hour (2nd field) '25'",
    ],
    [
      'it is in a cycle',
      of(task({ name: 'a', spec: { dependsOn: [{ name: 'b' }] } }), [
        task({ name: 'b', spec: { dependsOn: [{ name: 'a' }] } }),
      ]),
      'stalled',
      'a → b → a is a cycle',
    ],
  ])('%s', (_, told, rule, message) => {
    expect([told.rule, told.message]).toEqual([rule, expect.stringContaining(message)])
  })

  it('says in words when it runs', () => {
    expect(of(task({ spec: nightly({ timeZone: 'Europe/Berlin' }) })).runs).toBe(
      'every day at 20:00 in Berlin; wakes every day at 07:00',
    )
    expect(of(task()).runs).toBe('on request')
  })

  it('says when nobody does what is to be done', () => {
    expect(of(task({ spec: daily })).hint).toBeNull()
    expect(of(task({ spec: daily }), [], '2026-01-05T20:10:00Z').hint).toBe(
      'it was due 10 min ago: is the operator running, and has it a free worker?',
    )
    expect(of(task({ run: 'r1' })).hint).toContain('it starts within seconds, if an operator runs')
    expect(of(edited(task({ spec: daily }), { suspend: true })).hint).toContain(
      'generation 2 of the task has not been looked at: is the operator running',
    )
  })

  it('says which settings are the spec’s and which are not', () => {
    const { settings } = of(task({ spec: { timeoutSeconds: 60 } }))
    expect(settings).toMatchObject({
      timeoutSeconds: { value: 60, from: 'spec' },
      attempts: { value: 3, from: 'default' },
      namespaces: { value: 'its own' },
    })
  })

  it('shows only next runs that are still to come', () => {
    const { nextRuns } = of(task({ spec: daily }), [], '2026-01-06T12:00:00Z')
    expect(nextRuns[0]).toBe('2026-01-06T20:00:00+00:00')
  })
})

describe('for people', () => {
  const plain = (_: string, text: string) => text
  const error =
    'ServiceAccount team-a/rota may not list pods in namespace team-a; ServiceAccount team-a/rota may not list jobs.batch in namespace team-a; to allow it: kubectl create rolebinding x'
  const failed = ran(task({ spec: daily }), '2026-01-05T20:00:00Z', { result: 'Failed', reason: 'Forbidden', error })
  const said = (state: Task, now: string) => asText(of(state, [], now), at(now), plain).split('\n')

  it('a failure of last night says when, why, and what would help', () => {
    expect(said(failed, '2026-01-06T08:00:00Z')).toEqual(
      expect.arrayContaining([
        '  runs       every day at 20:00 UTC',
        '  last       2026-01-05T20:00:00Z (12 h ago) restart (Schedule): Failed, Forbidden',
        '             ServiceAccount team-a/rota may not list pods in namespace team-a',
        '             ServiceAccount team-a/rota may not list jobs.batch in namespace team-a; to allow it:',
        '               kubectl create rolebinding x',
      ]),
    )
  })

  it('it is still told when a run has succeeded since', () => {
    const lines = said(ran(failed, '2026-01-06T20:00:00Z'), '2026-01-07T08:00:00Z')
    const [last, next] = [
      lines.findIndex(line => line.startsWith('  last ')),
      lines.findIndex(line => line.startsWith('  failed ')),
    ]
    expect(lines[last]).toMatch(/^ {2}last {7}2026-01-06T20:00:00Z \(12 h ago\) restart \(Schedule\): Succeeded, /)
    expect(next).toBe(last + 1)
    expect(lines[next]).toMatch(/^ {2}failed {5}2026-01-05T20:00:00Z \(36 h ago\) .*: Failed, Forbidden$/)
  })
})
