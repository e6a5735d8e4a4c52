import { describe, expect, it } from 'vitest'
import { Simulation } from '../../test/builders/simulation.ts'
import { nightly } from '../../test/builders/task.ts'
import { targetNamespaces } from '../api/task.ts'

const HOUR = 3600
const seeds = (count: number) => Array.from({ length: count }, (_, n) => n + 1)
const sleeps = (schedule: string, wakeSchedule: string) => ({ ...nightly({}, wakeSchedule), schedule })

// Generous: these compute much, and the machine may be busy with other tests.
describe('a task through days of outages, failures, edits, requests and cancels', { timeout: 60_000 }, () => {
  it.each(seeds(10))(
    'state-based sleep: nothing is forgotten, and in the end it is as the newest slot says (%i)',
    seed => {
      const simulation = new Simulation({
        seed,
        spec: sleeps('0 20 * * *', '0 7 * * *'),
        edits: [
          { target: { namespaces: ['team-b'] } },
          { target: { namespaces: ['team-a', 'team-b'] } },
          { suspend: true },
          { suspend: false },
          { title: 'New' },
          { jitterSeconds: 600 },
          { serviceAccountName: 'rota' },
          { operation: { restart: { kinds: ['Deployment'] } } },
          sleeps('0 */3 * * *', '30 */3 * * *'),
          sleeps('0 20 * * *', '0 7 * * *'),
          sleeps('30 19 * * *', '30 19 * * *'),
          sleeps('0 20 * * *', '0 7,9 * * *'),
        ],
        rough: 6,
        quiet: 2,
        longestOutage: 30 * HOUR,
        longestRun: 400,
      }).run()
      expect(simulation.violations).toEqual([])
      const { task, newest, asleep } = simulation
      const expected = newest === 'sleep' ? (targetNamespaces(task.spec, task.namespace) ?? []) : []
      expect([...asleep].sort()).toEqual([...expected].sort())
      expect([...(task.status.sleeping?.namespaces ?? [])].sort()).toEqual([...expected].sort())
    },
  )

  it.each(seeds(8))('a schedule: every owed slot has exactly one record (%i)', seed => {
    const simulation = new Simulation({
      seed,
      spec: { schedule: '*/20 * * * *' },
      edits: [
        { schedule: '*/30 * * * *' },
        { schedule: '5,35 8-18 * * *', timeZone: 'Europe/Berlin' },
        { suspend: true },
        { suspend: false },
        { title: 'New' },
        { target: { namespaces: ['team-b'] } },
        { startingDeadlineSeconds: 600 },
        { concurrencyPolicy: 'Queue' },
        { concurrencyPolicy: 'Replace' },
        { concurrencyPolicy: 'Forbid' },
        { jitterSeconds: 900 },
        { suspendAfterFailures: 2 },
        { suspendAfterFailures: 0 },
        { cacheSeconds: 3600 },
      ],
      rough: 3,
      quiet: 1,
      longestOutage: 6 * HOUR,
      longestRun: 2000,
    }).run()
    expect(simulation.violations).toEqual([])
    expect(simulation.seen.records).toBeGreaterThan(20)
  })

  it('every minute, with outages of days: all is explained, and catching up is one run', () => {
    const { violations, seen } = new Simulation({
      seed: 1,
      spec: { schedule: '* * * * *' },
      edits: [{ title: 'New' }],
      rough: 4,
      quiet: 0,
      longestOutage: 72 * HOUR,
      longestRun: 2000,
    }).run()
    expect(violations).toEqual([])
    expect(seen.missed).toBeGreaterThan(1000)
  })

  it('disturbs enough for all this to mean something', () => {
    const { seen } = new Simulation({
      seed: 2,
      spec: nightly(),
      edits: [{ title: 'New' }],
      rough: 90,
      quiet: 0,
      longestOutage: 2 * HOUR,
      longestRun: 3000,
    }).run()
    for (const [what, count] of Object.entries(seen)) expect({ what, some: count > 0 }).toEqual({ what, some: true })
  })
})
