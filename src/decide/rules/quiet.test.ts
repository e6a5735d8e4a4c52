import { describe } from 'vitest'
import { table } from '../../../test/builders/table.ts'
import { changed, claimed, edited, nightly, ran, task, written } from '../../../test/builders/task.ts'

const daily = task({ spec: { schedule: '0 12 * * *' } })
const noon = Date.parse('2026-01-05T12:00:00Z')
const finalizers = ['rota.dev/wake']

describe('unobserved: a spec is acknowledged before anything follows from it', () => {
  const rule = { rule: 'unobserved', do: 'Write', events: [] }
  table([
    {
      given: 'just created',
      so: 'acknowledged',
      task: task({ observed: false }),
      now: '2026-01-05T00:00:01Z',
      decides: rule,
    },
    {
      given: 'any edit',
      so: 'acknowledged',
      task: edited(daily, { title: 'New' }),
      now: '2026-01-05T01:00:00Z',
      decides: rule,
    },
    {
      given: 'a damaged status',
      so: 'put right',
      task: task({ spec: { schedule: '0 12 * * *' }, status: { schedule: { key: 'x', since: 'never' } } }),
      now: '2026-01-05T01:00:00Z',
      decides: rule,
    },
    {
      given: 'acknowledged',
      so: 'nothing',
      task: daily,
      now: '2026-01-05T01:00:00Z',
      decides: { rule: 'idle', do: 'Nothing', lookAgain: noon },
    },
  ])
})

describe('stalled: a spec that cannot work runs nothing', () => {
  const bad = task({ spec: { schedule: '61 * * * *' } })
  const held = changed(daily, {})
  const annotated = task({
    spec: { schedule: '0 12 * * *' },
    annotations: { 'rota.dev/hold-until': 'tonight' },
  })
  const cured = changed(annotated, { requests: {} })
  table([
    {
      given: 'a schedule that is none',
      so: 'nothing',
      task: bad,
      now: '2026-01-05T13:00:00Z',
      decides: { rule: 'stalled', do: 'Nothing' },
    },
    {
      given: 'a target of the system',
      so: 'nothing',
      task: task({ run: 'r1', spec: { target: { namespaces: ['kube-system'] } } }),
      now: '2026-01-05T13:00:00Z',
      decides: { rule: 'stalled', do: 'Nothing' },
    },
    {
      given: "a task in Rota's own namespace",
      so: 'nothing',
      task: task({ namespace: 'rota-system', run: 'r1' }),
      now: '2026-01-05T13:00:00Z',
      decides: { rule: 'stalled', do: 'Nothing' },
    },
    {
      given: 'a request that is no token',
      so: 'nothing, and not even its slot',
      task: annotated,
      now: '2026-01-05T12:00:00Z',
      decides: { rule: 'stalled' },
    },
    {
      given: 'it was stalled over the slot and is not any more',
      so: 'owes nothing for that time',
      task: cured,
      now: '2026-01-05T12:30:00Z',
      decides: { rule: 'idle', do: 'Write', events: [], lookAgain: noon + 24 * 3600_000 },
    },
    {
      given: 'that is written',
      so: 'the next slot starts',
      task: written(cured, '2026-01-05T12:30:00Z'),
      now: '2026-01-06T12:00:00Z',
      decides: { rule: 'due', do: 'Start', events: [] },
    },
    {
      given: 'never stalled',
      so: 'the slot is owed',
      task: held,
      now: '2026-01-05T12:30:00Z',
      decides: { rule: 'due' },
    },
  ])
})

describe('skewedClock: a clock that cannot be trusted claims nothing', () => {
  const world = { clockSkewed: true }
  const now = '2026-01-05T12:00:00Z'
  const decides = { rule: 'skewedClock', do: 'Nothing', lookAgain: noon + 5000 }
  table([
    { given: 'a slot is due', so: 'looks again in 5 s', task: daily, now, world, decides },
    { given: 'a request', so: 'looks again in 5 s', task: task({ run: 'r1' }), now, world, decides },
    { given: 'the clock is right again', so: 'starts', task: daily, now, decides: { do: 'Start' } },
  ])
})

describe('running, idle and release', () => {
  const asleep = ran(task({ spec: nightly(), created: '2026-01-05T08:00:00Z', finalizers }), '2026-01-05T20:00:00Z')
  table([
    {
      given: 'an attempt is under way',
      so: 'nothing until a slot comes due',
      task: claimed(daily, '2026-01-05T12:00:00Z'),
      now: '2026-01-05T12:00:01Z',
      world: { working: true },
      decides: { rule: 'running', do: 'Nothing', lookAgain: noon + 24 * 3600_000 },
    },
    {
      given: 'no schedule and no request',
      so: 'nothing, and nobody looks again',
      task: task(),
      now: '2026-01-05T12:00:00Z',
      decides: { rule: 'idle', do: 'Nothing', message: 'runs on request' },
    },
    {
      given: 'a slot years ahead',
      so: 'nothing until then',
      task: task({ spec: { schedule: '0 0 29 2 *' } }),
      now: '2026-01-05T12:00:00Z',
      decides: { do: 'Nothing', lookAgain: Date.parse('2028-02-29T00:00:00Z') },
    },
    {
      given: 'something sleeps',
      so: 'keeps the finalizer',
      task: asleep,
      now: '2026-01-05T21:00:00Z',
      decides: { rule: 'idle', do: 'Nothing' },
    },
    {
      given: 'nothing sleeps any more',
      so: 'takes the finalizer off',
      task: ran(asleep, '2026-01-06T07:00:00Z'),
      now: '2026-01-06T07:00:01Z',
      decides: { rule: 'release', do: 'Release' },
    },
    {
      given: 'the finalizer was written and the sleep is about to be claimed',
      so: 'claims, does not take it off',
      task: task({ spec: nightly(), created: '2026-01-05T08:00:00Z', finalizers }),
      now: '2026-01-05T20:00:00Z',
      decides: { rule: 'due', do: 'Start' },
    },
  ])
})
