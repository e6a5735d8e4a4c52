import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { at, claimed, edited, ended, nightly, ran, task, written } from '../../../test/builders/task.ts'

const EVENING = '2026-01-05T20:00:00Z'
const sleeper = task({ spec: nightly(), created: '2026-01-05T12:00:00Z' })
const asleep = ran(sleeper, EVENING)
const asked = (status = asleep.status) => task({ spec: nightly(), wake: 'w1', status })
const awake = ran(asked(), '2026-01-05T22:00:00Z')

describe('rota.dev/wake: awake now, until the next sleep', () => {
  table([
    {
      given: 'in the middle of the night',
      so: 'wakes, and the sleep is done with',
      task: asked(),
      now: '2026-01-05T22:00:00Z',
      decides: {
        rule: 'wakeRequested',
        do: 'Start',
        run: { operation: 'wake', reason: 'Request', request: { name: 'wake', token: 'w1' } },
        events: [],
      },
    },
    {
      given: 'it has woken',
      so: 'nothing until the next slot, and the token is answered',
      task: awake,
      now: '2026-01-05T22:00:05Z',
      decides: { rule: 'idle', do: 'Nothing', lookAgain: at('2026-01-06T07:00:00Z') },
    },
    {
      given: 'the sleep is active',
      so: 'it is stopped first',
      task: asked(claimed(sleeper, EVENING).status),
      now: '2026-01-05T20:00:05Z',
      world: { working: true },
      decides: { rule: 'wokenRun', do: 'Stop', because: 'WakeRequested' },
    },
    {
      given: 'the sleep was stopped',
      so: 'wakes',
      task: asked(ended(claimed(sleeper, EVENING), EVENING, { result: 'Cancelled', reason: 'WakeRequested' }).status),
      now: '2026-01-05T20:00:05Z',
      decides: { rule: 'wakeRequested', do: 'Start', run: { operation: 'wake' } },
    },
    {
      given: 'the sleep is due and has not started',
      so: 'it is cancelled in the same write',
      task: asked(sleeper.status),
      now: '2026-01-05T20:00:05Z',
      decides: {
        rule: 'wakeRequested',
        do: 'Start',
        events: [{ operation: 'sleep', result: 'Cancelled', reason: 'WakeRequested', slotTime: at(EVENING) }],
      },
    },
    {
      given: 'the sleep waits for the end of a hold',
      so: 'it is cancelled, and does not come at the end of the hold',
      task: task({ spec: nightly(), wake: 'w1', hold: '2026-01-05T22:00:00Z' }),
      now: '2026-01-05T21:00:00Z',
      decides: { do: 'Start', events: [{ operation: 'sleep', result: 'Cancelled', slotTime: at(EVENING) }] },
    },
    {
      given: 'a wake is active already',
      so: 'waits for its end',
      task: asked(claimed(asleep, '2026-01-06T07:00:00Z').status),
      now: '2026-01-06T07:00:01Z',
      world: { working: true },
      decides: { rule: 'running', do: 'Nothing' },
    },
    {
      given: 'the task is suspended',
      so: 'wakes all the same',
      task: written(edited(asked(), { suspend: true }), '2026-01-05T21:00:00Z'),
      now: '2026-01-05T22:00:00Z',
      decides: { rule: 'wakeRequested', do: 'Start' },
    },
    {
      given: 'the task restarts things',
      so: 'the token is answered, and nothing happens',
      task: task({ wake: 'w1' }),
      now: '2026-01-05T22:00:00Z',
      decides: { rule: 'wakeRequested', do: 'Write', events: [{ event: 'Handled', wake: 'w1' }] },
    },
    {
      given: 'it is cancelled before it starts',
      so: 'both are answered',
      task: task({ spec: nightly(), wake: 'w1', cancel: 'c1', status: asleep.status }),
      now: '2026-01-05T22:00:00Z',
      decides: {
        rule: 'cancelledBeforeStart',
        events: [
          { operation: 'wake', result: 'Cancelled', reason: 'Requested', runReason: 'Request' },
          { event: 'Handled', wake: 'w1' },
          { event: 'Handled', cancel: 'c1' },
        ],
      },
    },
    {
      given: 'the next evening',
      so: 'sleeps again',
      task: ran(awake, '2026-01-06T07:00:00Z'),
      now: '2026-01-06T20:00:00Z',
      decides: { rule: 'due', do: 'Start', run: { operation: 'sleep' } },
    },
  ])
})
