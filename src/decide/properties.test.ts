import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seed } from '../../test/builders/seed.ts'
import { at, changed, claimed, decided, edited, ended, nightly, ran, task, written } from '../../test/builders/task.ts'
import type { Status } from '../api/task.ts'
import { rfc3339, SECOND } from '../lib/instant.ts'
import { timetable } from '../schedule/timetable.ts'
import { dueTime } from './jitter.ts'

const HOUR = 3600 * SECOND
const parameters = { seed: seed(), numRuns: 300 }
const schedules = fc.constantFrom('* * * * *', '*/7 * * * *', '0 * * * *', '30 4 * * *', '0 0 29 2 *', 'H H * * *')
const instants = fc.integer({ min: at('2026-01-06T00:00:00Z'), max: at('2027-06-01T00:00:00Z') })

describe('jitter', () => {
  it('is the same at each look, no longer than asked for, and always ends before the next slot', () => {
    const property = fc.property(
      schedules,
      fc.uuid(),
      fc.integer({ min: 0, max: 3600 }),
      instants,
      (schedule, uid, jitterSeconds, now) => {
        const of = task({ uid, spec: { schedule, jitterSeconds } })
        const { nextAfter } = timetable({ expression: schedule, zone: 'UTC', hashKey: of.key })
        const slot = nextAfter(now) ?? now
        const next = nextAfter(slot)
        const due = dueTime(of, slot, next)
        expect(dueTime(of, slot, next)).toBe(due)
        expect(due).toBeGreaterThanOrEqual(slot)
        expect(due).toBeLessThanOrEqual(slot + jitterSeconds * SECOND)
        if (next !== undefined) expect(due).toBeLessThan(next)
        expect(Number.isInteger(due)).toBe(true)
      },
    )
    fc.assert(property, parameters)
  })

  it('spreads tasks with one schedule over the whole time', () => {
    const dues = Array.from({ length: 400 }, (_, n) =>
      dueTime(
        task({ uid: `uid-${n}`, spec: { schedule: '0 * * * *', jitterSeconds: 600 } }),
        at('2026-01-06T00:00:00Z'),
        undefined,
      ),
    )
    const quarters = dues.map(due => Math.floor((due - at('2026-01-06T00:00:00Z')) / SECOND / 150.25))
    for (const quarter of [0, 1, 2, 3]) expect(quarters.filter(one => one === quarter).length).toBeGreaterThan(60)
    expect(new Set(dues).size).toBeGreaterThan(390)
  })
})

describe('the past', () => {
  const before = fc.integer({ min: 0, max: 400 * 24 })
  const makers = {
    created: (now: number, schedule: string) => task({ created: rfc3339(now), observed: false, spec: { schedule } }),
    edited: (now: number, schedule: string) => {
      const of = task({ spec: { schedule: '0 0 1 1 *' } })
      return written(edited(of, { schedule }), rfc3339(now))
    },
    unsuspended: (now: number, schedule: string) => {
      const of = written(edited(task({ spec: { schedule } }), { suspend: true }), '2026-01-05T00:00:01Z')
      return written(edited(of, { suspend: false }), rfc3339(now))
    },
    'held until now': (now: number, schedule: string) => {
      const of = task({ spec: { schedule }, hold: rfc3339(now), created: '2026-01-05T00:00:00Z' })
      return written(of, '2026-01-05T00:00:01Z')
    },
    'held, and the hold is taken back': (now: number, schedule: string) => {
      const of = task({ spec: { schedule }, hold: rfc3339(now + 24 * HOUR), created: '2026-01-05T00:00:00Z' })
      return written(changed(written(of, '2026-01-05T00:00:01Z'), { requests: {} }), rfc3339(now))
    },
  } as const

  it.each(Object.entries(makers))('%s: nothing of it runs or is missed', (_, make) => {
    const property = fc.property(schedules, before, (schedule, hours) => {
      const now = at('2026-01-06T00:00:30Z') + hours * HOUR
      const state = make(now, schedule)
      const decision = decided(state, rfc3339(now))
      expect(['Nothing', 'Write']).toContain(decision.do)
      if (decision.do === 'Write') expect(decision.events).toEqual([])
    })
    fc.assert(property, parameters)
  })
})

describe('a clock that jumps', () => {
  const minutely = task({ spec: { schedule: '*/10 * * * *' } })
  const done = ran(minutely, '2026-01-10T12:00:05Z')

  it.each([
    ['an hour', HOUR],
    ['a day', 24 * HOUR],
  ])('%s back repeats nothing: what has a record is done', (_, by) => {
    const property = fc.property(fc.integer({ min: 0, max: by }), back => {
      const decision = decided(done, rfc3339(at('2026-01-10T12:00:06Z') - back))
      expect(decision.do === 'Nothing' || (decision.do === 'Write' && decision.events.length === 0)).toBe(true)
    })
    fc.assert(property, parameters)
  })

  it.each([
    ['an hour', '2026-01-10T13:00:06Z', 5],
    ['a day', '2026-01-11T12:00:06Z', 143],
  ])('%s forward, and the API server with it, runs the newest slot and records the others', (_, now, missed) => {
    expect(decided(done, now)).toMatchObject({ do: 'Start', events: [{ result: 'Missed', count: missed }] })
  })

  it('without the API server does nothing at all, however far', () => {
    const property = fc.property(instants, now => {
      for (const state of [minutely, done, claimed(minutely, '2026-01-10T12:00:05Z')])
        expect(decided(state, rfc3339(now), { clockSkewed: true })).toMatchObject({
          rule: 'skewedClock',
          do: 'Nothing',
        })
    })
    fc.assert(property, parameters)
  })
})

describe('a damaged status', () => {
  const texts = fc.constantFrom('', 'soon', '2026-01-05T20:00:00Z', '2999-01-01T00:00:00Z', '2026-13-45T00:00:00Z')
  const damage: fc.Arbitrary<Partial<Status>> = fc.record(
    {
      phase: fc.constantFrom('Stalled', 'Running', 'Waiting'),
      lastSlotTime: texts,
      lastRunTime: texts,
      lastFailedTime: texts,
      lastSuccessfulTime: texts,
      holdUntil: texts,
      schedule: fc.record({ key: fc.constantFrom('', 'x'), since: texts }),
      sleeping: fc.record({ since: texts, namespaces: fc.constant(['team-a']), workloads: fc.nat(3) }),
      consecutiveFailures: fc.nat(5),
      observedGeneration: fc.constantFrom(-1, 0, 1, 7),
    } as never,
    { requiredKeys: [] },
  )

  it('never makes a decision fail, nor one that is made again and again', () => {
    const specs = [
      nightly({ suspendAfterFailures: 2 }),
      { schedule: '0 * * * *', jitterSeconds: 60 },
      { dependsOn: [{ name: 'x' }] },
    ]
    const property = fc.property(fc.constantFrom(...specs), damage, instants, (spec, status, now) => {
      let state = task({ spec, status })
      for (let n = 0; n < 6; n++) {
        const decision = decided(state, rfc3339(now))
        if (decision.do === 'Nothing') return
        if (decision.do === 'Start') {
          const run = { event: 'Claimed', run: decision.run, owner: 'rota-1' } as const
          state = ended(written(state, rfc3339(now), ...decision.events, run), rfc3339(now))
        } else if (decision.do === 'Write') state = written(state, rfc3339(now), ...decision.events)
        else return
      }
      throw new Error(`still deciding: ${JSON.stringify(decided(state, rfc3339(now)))}`)
    })
    fc.assert(property, parameters)
  })
})
