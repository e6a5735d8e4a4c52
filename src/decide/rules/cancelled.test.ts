import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { changed, claimed, nightly, ran, task, written } from '../../../test/builders/task.ts'
import { runId } from '../run.ts'

const now = '2026-01-05T12:00:10Z'
const created = task({ spec: { schedule: '0 12 * * *' } })
const active = claimed(created, '2026-01-05T12:00:00Z')
const id = active.status.activeRun?.id ?? ''
const otherId = '0123456789abcdef'
const working = { working: true }

describe('rota.dev/cancel while a run is active', () => {
  table([
    {
      given: 'a new token',
      so: 'stops the run',
      task: changed(active, { requests: { cancel: 'c1' } }),
      now,
      world: working,
      decides: { rule: 'cancelledRun', do: 'Stop', because: 'Requested', handled: 'c1' },
    },
    {
      given: "the run's own id",
      so: 'stops the run',
      task: changed(active, { requests: { cancel: id } }),
      now,
      world: working,
      decides: { do: 'Stop', handled: id },
    },
    {
      given: "another run's id",
      so: 'is consumed, and the run goes on',
      task: changed(active, { requests: { cancel: otherId } }),
      now,
      world: working,
      decides: { rule: 'cancelledRun', do: 'Write', events: [{ event: 'Handled', cancel: otherId }] },
    },
    {
      given: 'a token that was answered before this run',
      so: 'the run goes on',
      task: changed(active, { requests: { cancel: 'c1' }, status: { ...active.status, handled: { cancel: 'c1' } } }),
      now,
      world: working,
      decides: { rule: 'running' },
    },
    {
      given: 'in the pause between two attempts',
      so: 'ends it at once',
      task: changed(
        written(active, now, {
          event: 'AttemptFailed',
          nextAttempt: 2,
          nextAttemptTime: Date.parse(now) + 60_000,
          message: '',
        }),
        { requests: { cancel: 'c1' } },
      ),
      now,
      decides: { do: 'Stop', because: 'Requested' },
    },
    {
      given: 'a run of a process that is gone',
      so: 'is not resumed',
      task: changed(active, { requests: { cancel: 'c1' } }),
      now,
      world: { owner: 'rota-2' },
      decides: { do: 'Stop', because: 'Requested' },
    },
  ])
})

describe('rota.dev/cancel with nothing active', () => {
  const request = runId(created.uid, 'restart', 'Request', 'r1')
  const handled = { event: 'Handled', cancel: 'c1' }
  const slot = Date.parse('2026-01-05T12:00:00Z')
  table([
    {
      given: 'nothing to cancel',
      so: 'is consumed without effect',
      task: changed(created, { requests: { cancel: 'c1' } }),
      now: '2026-01-05T11:00:00Z',
      decides: { rule: 'cancelledBeforeStart', do: 'Write', events: [handled] },
    },
    {
      given: 'a slot waits',
      so: 'it has a record as cancelled',
      task: changed(created, { requests: { cancel: 'c1' } }),
      now,
      decides: {
        do: 'Write',
        events: [{ event: 'NotRun', result: 'Cancelled', reason: 'Requested', slotTime: slot }, handled],
      },
    },
    {
      given: "a slot waits, and the token is its run's id",
      so: 'it is cancelled',
      task: changed(created, { requests: { cancel: id } }),
      now,
      decides: {
        do: 'Write',
        events: [
          { result: 'Cancelled', id },
          { event: 'Handled', cancel: id },
        ],
      },
    },
    {
      given: "a slot waits, and the token is another run's id",
      so: 'is consumed without effect',
      task: changed(created, { requests: { cancel: otherId } }),
      now,
      decides: { do: 'Write', events: [{ event: 'Handled', cancel: otherId }] },
    },
    {
      given: 'a request waits',
      so: 'it has a record as cancelled, and its token is answered',
      task: task({ run: 'r1', cancel: 'c1' }),
      now,
      decides: {
        do: 'Write',
        events: [{ result: 'Cancelled', runReason: 'Request', id: request }, { event: 'Handled', run: 'r1' }, handled],
      },
    },
    {
      given: 'a suspended task with a slot in the past',
      so: 'has nothing to cancel',
      task: task({ cancel: 'c1', spec: { schedule: '0 12 * * *', suspend: true } }),
      now,
      decides: { do: 'Write', events: [handled] },
    },
    {
      given: 'a wake waits',
      so: 'is cancelled',
      task: changed(ran(task({ spec: nightly() }), '2026-01-05T20:00:00Z'), { requests: { cancel: 'c1' } }),
      now: '2026-01-06T07:00:01Z',
      decides: { do: 'Write', events: [{ result: 'Cancelled', operation: 'wake' }, handled] },
    },
    {
      given: 'answered',
      so: 'nothing more',
      task: written(changed(created, { requests: { cancel: 'c1' } }), '2026-01-05T11:00:00Z', {
        event: 'Handled',
        cancel: 'c1',
      }),
      now: '2026-01-05T11:00:01Z',
      decides: { rule: 'idle', do: 'Nothing' },
    },
  ])
})
