import { describe, expect, it } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { changed, claimed, decided, edited, nightly, ran, task, written } from '../../../test/builders/task.ts'
import { runId } from '../run.ts'

const now = '2026-01-05T12:00:30Z'
const asked = task({ run: 'a1' })
const ranOnce = ran(asked, '2026-01-05T12:00:00Z')
const scheduled = task({ run: 'a1', spec: { schedule: '0 12 * * *' } })

describe('rota.dev/run', () => {
  table([
    {
      given: 'a token that is new',
      so: 'runs now, with an id that follows from the token',
      task: asked,
      now,
      decides: {
        rule: 'requested',
        do: 'Start',
        run: {
          id: runId(asked.uid, 'restart', 'Request', 'a1'),
          reason: 'Request',
          slotTime: Date.parse(now),
          request: { name: 'run', token: 'a1' },
        },
      },
    },
    {
      given: 'the same token again',
      so: 'nothing: it is answered',
      task: ranOnce,
      now,
      decides: { rule: 'idle', do: 'Nothing' },
    },
    {
      given: 'another token',
      so: 'runs again',
      task: changed(ranOnce, { requests: { run: 'a2' } }),
      now,
      decides: { do: 'Start', run: { request: { token: 'a2' } } },
    },
    {
      given: 'a new token while a run is active',
      so: 'waits',
      task: changed(claimed(asked, '2026-01-05T12:00:00Z'), { requests: { run: 'a2' } }),
      now,
      world: { working: true },
      decides: { rule: 'running', do: 'Nothing' },
    },
    {
      given: 'the annotation removed before it ran',
      so: 'nothing',
      task: changed(asked, { requests: {} }),
      now,
      decides: { do: 'Nothing' },
    },
    {
      given: 'suspended',
      so: 'runs all the same',
      task: task({ run: 'a1', spec: { schedule: '0 12 * * *', suspend: true } }),
      now,
      decides: { do: 'Start', run: { reason: 'Request' } },
    },
    {
      given: 'a sleep that is awake',
      so: 'sleeps',
      task: task({ run: 'a1', created: '2026-01-05T08:00:00Z', spec: nightly() }),
      now,
      decides: { do: 'Start', run: { operation: 'sleep', reason: 'Request' } },
    },
    {
      given: 'a token that is none',
      so: 'stalls the task',
      task: task({ run: 'two words' }),
      now,
      decides: { rule: 'stalled' },
    },
    {
      given: 'a spec that stalls',
      so: 'does not run',
      task: task({ run: 'a1', spec: { schedule: '61 * * * *' } }),
      now,
      decides: { rule: 'stalled', do: 'Nothing' },
    },
    {
      given: 'an edit that has not been acknowledged',
      so: 'is acknowledged first',
      task: edited(asked, { title: 'New' }),
      now,
      decides: { rule: 'unobserved' },
    },
    {
      given: 'a slot is owed too',
      so: 'the older of both goes first, so that neither is lost',
      task: scheduled,
      now,
      decides: { rule: 'due', do: 'Start', run: { reason: 'Schedule' } },
    },
    {
      given: 'the slot has run',
      so: 'the request is next',
      task: ran(scheduled, '2026-01-05T12:00:05Z'),
      now,
      decides: { rule: 'requested', do: 'Start' },
    },
  ])

  it('does not move the next slot', () => {
    const before = task({ run: 'a1', spec: { schedule: '0 20 * * *' } })
    const after = ran(before, now)
    expect(after.status).toMatchObject({ runCount: 1, nextRunTime: '2026-01-05T20:00:00Z', handled: { run: 'a1' } })
    expect(after.status.lastSlotTime).toBeUndefined()
    expect(decided(after, '2026-01-05T20:00:00Z')).toMatchObject({ do: 'Start', run: { reason: 'Schedule' } })
  })

  it('waits for a namespace like any other run, and says so', () => {
    const heldBack = { since: Date.parse(now) - 10_000, message: 'waiting: team-a is busy with team-a/x' }
    expect(decided(asked, now, { heldBack })).toMatchObject({ do: 'Write', events: [{ event: 'Waiting' }] })
    const waiting = written(asked, now, { event: 'Waiting', rule: 'due', message: heldBack.message })
    expect(decided(waiting, now, { heldBack })).toMatchObject({ do: 'Start' })
    expect(decided(changed(waiting, { requests: {} }), now)).toMatchObject({ rule: 'idle', do: 'Write' })
  })
})
