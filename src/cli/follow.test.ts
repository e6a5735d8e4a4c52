import { describe, expect, it } from 'vitest'
import { at, claimed, decided, ended, objectOf, task, written } from '../../test/builders/task.ts'
import type { Task } from '../decide/task.ts'
import { progressOf } from './follow.ts'

const NOON = '2026-01-05T12:00:00Z'
const asked = task({ run: 'r1' })
const decision = decided(asked, NOON)
const id = decision.do === 'Start' ? decision.run.id : ''
const running = claimed(asked, NOON)
const wanted = { uid: asked.uid, request: 'run', token: 'r1', id } as const
const of = (state: Task) => progressOf(objectOf(state), wanted, at('2026-01-05T12:00:05Z'))
const failure = { result: 'Failed', reason: 'Forbidden', message: 'no rights' } as const

describe('the run that a request asked for', () => {
  it.each([
    ['nobody has seen it', asked, { done: false, taken: false, says: 'requested' }],
    [
      'the task is suspended',
      task({ run: 'r1', spec: { suspend: true } }),
      { done: false, taken: false, says: 'requested (the task is suspended, a request runs all the same)' },
    ],
    ['it runs', running, { done: false, taken: true, says: 'running, attempt 1' }],
    [
      'it pauses',
      written(running, NOON, {
        event: 'AttemptFailed',
        nextAttempt: 2,
        nextAttemptTime: at('2026-01-05T12:00:15Z'),
        message: 'busy',
      }),
      { done: false, taken: true, says: 'attempt 1 failed (busy), the next one in 10 s' },
    ],
    ['it succeeded', ended(running, NOON), { done: true, ok: true, says: 'Succeeded (Completed): Succeeded' }],
    ['it failed', ended(running, NOON, failure), { done: true, ok: false, says: 'Failed (Forbidden): no rights' }],
    [
      'it succeeded and left no history',
      ended(claimed(task({ run: 'r1', spec: { historyLimit: 0 } }), NOON), NOON),
      { done: true, ok: true, says: 'Succeeded: Succeeded' },
    ],
    [
      'another one is active',
      task({ run: 'r1', status: { ...claimed(task({ run: 'r0' }), NOON).status, handled: { run: 'r0' } } }),
      { done: false, taken: false },
    ],
    [
      'it waits',
      written(asked, NOON, { event: 'Waiting', rule: 'requested', message: 'waiting: team-a is busy' }),
      { says: 'waiting: team-a is busy' },
    ],
    [
      'another request came',
      task({ run: 'r2' }),
      { done: true, ok: false, says: 'another request has taken its place: rota.dev/run is r2' },
    ],
    [
      'the annotation was removed',
      task(),
      { done: true, ok: false, says: 'another request has taken its place: rota.dev/run is gone' },
    ],
    ['it is another task by now', task({ run: 'r1', uid: 'other' }), { done: true, ok: false }],
    [
      'the task is stalled',
      task({ run: 'r1', spec: { schedule: '0 25 * * *' } }),
      {
        done: true,
        ok: false,
        says: expect.stringContaining("the task is stalled: spec.schedule: hour (2nd field) '25'"),
      },
    ],
  ])('%s', (_, state, expected) => {
    expect(of(state)).toMatchObject(expected)
  })

  it('is answered by the cache as by a success', () => {
    const cacheable = task({ run: 'r0', spec: { cacheSeconds: 3600 } })
    const fresh = ended(claimed(cacheable, NOON), NOON)
    const again = task({ run: 'r1', spec: { cacheSeconds: 3600 }, status: fresh.status })
    const cached = decided(again, '2026-01-05T12:00:01Z')
    const events = cached.do === 'Write' ? cached.events : []
    expect(of(written(again, '2026-01-05T12:00:01Z', ...events))).toMatchObject({ done: true, ok: true })
  })
})
