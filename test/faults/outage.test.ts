import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { rfc3339 } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { apply, sharedCluster, testAccount } from '../harness/cluster.ts'
import { bench, restart } from '../harness/proxied-operator.ts'

const cluster = sharedCluster()
const { behind, start, team } = bench()
const HOUR = 3600_000
const NAMESPACES = 8
/** Two thousand take minutes: `DUE=2000` is for a look at them. */
const EACH = Math.ceil(Number(process.env['DUE'] ?? 400) / NAMESPACES)
const ALL = NAMESPACES * EACH
const OUTAGE_SECONDS = 15
/** With `--max-task-workers`, this many may be asking when nobody answers any more, each for two things at most. */
const WORKERS = 5

test(`while nobody answers, ${ALL} tasks that come due without leases ask one after the other, and all run afterwards`, {
  timeout: 600_000,
}, async () => {
  const namespaces = await Promise.all(Array.from({ length: NAMESPACES }, () => team('outage')))
  const slot = (Math.floor(Date.now() / HOUR) + 2) * HOUR
  const spec = { schedule: `0 ${new Date(slot).getUTCHours()} * * *`, dryRun: true, serviceAccountName: testAccount }
  for (const namespace of namespaces) {
    const tasks = Array.from({ length: EACH }, (_, n) => ({
      apiVersion: 'rota.dev/v1alpha1',
      kind: 'ScheduledTask',
      metadata: { name: `task-${n}` },
      spec: { ...spec, ...restart() },
    }))
    await apply(cluster, tasks, namespace)
  }
  const { clock, facts } = await start({
    namespaces,
    start: slot - 60_000,
    flags: { 'max-task-workers': `${WORKERS}` },
  })
  const written = () => behind().seen.filter(({ method, answer }) => method === 'PUT' && answer?.status === 200).length
  await until('all are planned', () => written() >= ALL, Boolean, { timeout: 120_000 })

  behind().fate = () => 'reset'
  behind().reset()
  const before = behind().seen.length
  const begun = performance.now()
  clock.jumpTo(slot)
  await sleep(OUTAGE_SECONDS * 1000)
  const seconds = (performance.now() - begun) / 1000
  const asked = behind().seen.length - before
  const claims = () => facts.filter(({ fact }) => fact === 'Claimed').length
  expect(claims()).toBe(0)
  expect(asked).toBeGreaterThan(0)
  expect(asked).toBeLessThan(2 * WORKERS + 10 * seconds)

  behind().fate = () => 'pass'
  const back = performance.now()
  await until('the first one has begun', () => claims() > 0, Boolean, { interval: 20 })
  const took = performance.now() - back
  console.info(
    `${ALL} due, ${seconds.toFixed(0)} s away: ${asked} requests, the first begun ${took.toFixed(0)} ms after`,
  )
  // Promised are five seconds; the rest is what a busy machine may be late.
  expect(took).toBeLessThan(10_000)
  const ended = () => facts.filter(({ fact }) => fact === 'Ended').length
  await until('all have run', ended, count => count === ALL, { timeout: 300_000 })
  expect(claims()).toBe(ALL)
  expect(facts.filter(fact => fact.fact === 'Ended' && fact.result !== 'Succeeded')).toEqual([])
  expect(new Set(facts.flatMap(fact => (fact.fact === 'Submitted' ? [fact.slot] : [])))).toEqual(
    new Set([rfc3339(slot)]),
  )
})
