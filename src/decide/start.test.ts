import { describe, expect, it } from 'vitest'
import { table } from '../../test/builders/table.ts'
import { claimed, task, written } from '../../test/builders/task.ts'

const daily = task({ spec: { schedule: '0 12 * * *' } })

describe('what waits for a namespace', () => {
  const heldBack = { since: Date.parse('2026-01-05T12:00:00Z'), message: 'waiting: team-a is busy with team-a/x' }
  const waiting = written(daily, '2026-01-05T12:00:10Z', { event: 'Waiting', rule: 'due', message: heldBack.message })
  table([
    {
      given: 'held back for 9 s',
      so: 'stands in line, and is looked at after 10 s',
      task: daily,
      now: '2026-01-05T12:00:09Z',
      world: { heldBack },
      decides: { do: 'Start', lookAgain: Date.parse('2026-01-05T12:00:10Z') },
    },
    {
      given: 'held back for 10 s',
      so: 'says so in the status',
      task: daily,
      now: '2026-01-05T12:00:10Z',
      world: { heldBack },
      decides: { do: 'Write', events: [{ event: 'Waiting', rule: 'due', message: heldBack.message }] },
    },
    {
      given: 'that it waits is written, and somebody else is ahead by now',
      so: 'stands in line without another write',
      task: waiting,
      now: '2026-01-05T12:00:20Z',
      world: { heldBack: { ...heldBack, message: 'waiting: team-a is busy with team-a/y' } },
      decides: { do: 'Start' },
    },
    {
      given: 'still held back after the deadline',
      so: 'missed, whatever held it',
      task: waiting,
      now: '2026-01-05T13:00:01Z',
      world: { heldBack },
      decides: { do: 'Write', events: [{ result: 'Missed' }] },
    },
  ])

  it('waits in the status until it starts', () => {
    expect(waiting.status).toMatchObject({ phase: 'Waiting', lastMessage: heldBack.message })
    expect(claimed(waiting, '2026-01-05T12:00:20Z').status.phase).toBe('Running')
  })
})
