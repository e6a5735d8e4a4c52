import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { changed, claimed, edited, nightly, specOf, task, written } from '../../../test/builders/task.ts'

const now = '2026-01-05T12:00:10Z'
const active = claimed(task({ spec: { schedule: '0 12 * * *' } }), '2026-01-05T12:00:00Z')
const requested = claimed(task({ run: 'r1' }), '2026-01-05T12:00:00Z')
const run = active.status.activeRun
const working = { working: true }

function forged(change: object) {
  return changed(active, { status: { ...active.status, ...(run && { activeRun: { ...run, ...change } }) } })
}

describe('an edit while a run is active', () => {
  const stops = { rule: 'editedRun', do: 'Stop', because: 'SpecChanged' }
  const goesOn = { rule: 'unobserved', do: 'Write' }
  const edits = [
    ['of the operation', { operation: { restart: { kinds: ['Deployment'] as const } } }, stops],
    ['of the target', { target: { namespaces: ['team-b'] } }, stops],
    ['of the account', { serviceAccountName: 'rota' }, stops],
    ['of the title', { title: 'New' }, goesOn],
    ['of the schedule', { schedule: '0 13 * * *' }, goesOn],
    ['of the timeout', { timeoutSeconds: 5 }, goesOn],
    ['that suspends', { suspend: true }, goesOn],
  ] as const
  table(
    edits.map(([what, change, decides]) => ({
      given: what,
      so: decides === stops ? 'ends the run' : 'is acknowledged, and the run goes on',
      task: edited(active, change),
      now,
      world: working,
      decides,
    })),
  )
  table([
    {
      given: 'made while no operator was there',
      so: 'is noticed: the run is not resumed',
      task: edited(active, { target: { namespaces: ['team-b'] } }),
      now,
      world: { owner: 'rota-2' },
      decides: stops,
    },
    {
      given: 'of a task that is being deleted',
      so: 'does not stop the wake that it waits for',
      task: edited(
        claimed(
          task({
            spec: nightly(),
            deleted: '2026-01-05T12:00:00Z',
            finalizers: ['rota.dev/wake'],
            status: { sleeping: { since: '2026-01-05T08:00:00Z', namespaces: ['team-a'], workloads: 1 } },
          }),
          '2026-01-05T12:00:05Z',
        ),
        { serviceAccountName: 'rota' },
      ),
      now,
      world: working,
      decides: { do: 'Write', rule: 'unobserved' },
    },
  ])
})

describe('an activeRun whose id does not follow from its own fields is refused', () => {
  const refused = {
    rule: 'forgedRun',
    do: 'Write',
    events: [{ event: 'Ended', result: 'Failed', reason: 'InvalidActiveRun' }],
  }
  const changes = [
    ['another id', { id: '0123456789abcdef' }],
    ['another slot', { slotTime: '2026-01-05T11:00:00Z' }],
    ['another operation', { operation: 'sleep' }],
    ['a slot that is no time', { slotTime: 'noon' }],
    ['another reason', { reason: 'Request' }],
  ] as const
  table([
    ...changes.map(([what, change]) => ({ given: what, so: 'refused', task: forged(change), now, decides: refused })),
    {
      given: 'copied from a task with another uid',
      so: 'refused',
      task: task({ uid: 'another', spec: specOf({ schedule: '0 12 * * *' }), status: active.status }),
      now,
      decides: refused,
    },
    {
      given: 'what Rota itself wrote for a slot',
      so: 'goes on',
      task: active,
      now,
      world: working,
      decides: { rule: 'running' },
    },
    {
      given: 'what Rota itself wrote for a request',
      so: 'goes on',
      task: requested,
      now,
      world: working,
      decides: { rule: 'running' },
    },
    {
      given: 'a request whose token is not the one that was answered',
      so: 'refused',
      task: changed(requested, { status: { ...requested.status, handled: { run: 'r2' } } }),
      now,
      decides: refused,
    },
    {
      given: 'once it is refused',
      so: 'does not come back: the slot is settled',
      task: written(forged({ id: '0123456789abcdef' }), now, {
        event: 'Ended',
        result: 'Failed',
        reason: 'InvalidActiveRun',
        message: '',
        changed: 0,
      }),
      now: '2026-01-05T12:00:11Z',
      decides: { rule: 'idle', do: 'Nothing' },
    },
  ])
})
