import { describe, expect, it } from 'vitest'
import { asleepOf, changed, claimed, edited, ended, nightly, ran, task, written } from '../../test/builders/task.ts'

const both = { target: { namespaces: ['team-c', 'team-b'] } }
const created = task({ spec: nightly(both), created: '2026-01-05T08:00:00Z' })
const evening = '2026-01-05T20:00:00Z'
const morning = '2026-01-06T07:00:00Z'
const falling = claimed(created, evening)
const asleep = ended(falling, '2026-01-05T20:00:09Z')
const onlyB = { target: { namespaces: ['team-b'] } }

describe('status.sleeping', () => {
  it('is noted with the claim: before anything is put to sleep', () => {
    expect(falling.status.sleeping).toEqual({ since: evening, namespaces: ['team-b', 'team-c'], workloads: 0 })
  })

  it('says after the sleep how many workloads sleep', () => {
    expect(asleep.status.sleeping).toEqual({ since: evening, namespaces: ['team-b', 'team-c'], workloads: 3 })
  })

  it('is gone when a successful sleep found nothing', () => {
    expect(ended(falling, evening, { asleep: asleepOf(0) }).status.sleeping).toBeUndefined()
  })

  it.each(['Failed', 'TimedOut', 'Cancelled'] as const)(
    'stays after a sleep that %s: something may be asleep',
    result => {
      expect(ended(falling, evening, { result }).status.sleeping?.namespaces).toEqual(['team-b', 'team-c'])
    },
  )

  it('keeps the first instant when it sleeps again', () => {
    const again = ran(changed(asleep, { requests: { run: 'r1' } }), '2026-01-05T22:00:00Z')
    expect(again.status.sleeping?.since).toBe(evening)
  })

  it('is gone after the wake', () => {
    expect(ran(asleep, morning).status.sleeping).toBeUndefined()
  })

  it.each(['Failed', 'TimedOut', 'Cancelled'] as const)('stays after a wake that %s', result => {
    expect(ran(asleep, morning, { result }).status.sleeping).toEqual(asleep.status.sleeping)
  })

  it('keeps the namespaces that a wake did not cover', () => {
    const dropped = written(edited(asleep, onlyB), '2026-01-05T21:00:00Z')
    expect(ran(dropped, '2026-01-05T21:00:00Z').status.sleeping?.namespaces).toEqual(['team-b'])
  })

  it('keeps what was dropped when a sleep of the rest finds nothing', () => {
    const edit = written(edited(asleep, { ...onlyB, suspend: true }), '2026-01-05T21:00:00Z')
    const request = changed(edit, { requests: { run: 'r1' } })
    const slept = ran(request, '2026-01-05T21:00:01Z', { asleep: asleepOf(0) })
    expect(slept.status.sleeping?.namespaces).toEqual(['team-c'])
  })

  it('forgets what is left asleep', () => {
    const event = { event: 'LeftAsleep', namespaces: ['team-c'] } as const
    expect(written(asleep, morning, event).status.sleeping?.namespaces).toEqual(['team-b'])
  })
})
