import { describe, expect, it } from 'vitest'
import { samplesOf } from '../../test/builders/samples.ts'
import type { Fact } from '../api/facts.ts'
import { metrics } from './metrics.ts'
import { addTaskMetrics } from './task-metrics.ts'

const about = { task: 'team-a/nights-off', run: 'abc', operation: 'sleep' } as const
const readings = {
  pool: () => ({ workers: 5, active: 2, queued: 3, waiting: 4 }),
  requests: () => ({ inFlight: 6, limit: 16 }),
  phases: () => new Map([['Scheduled', 7]]),
  sleepers: () => [{ costCenter: 'cc-1', cpuMillicores: 1500, memoryBytes: 1024 }],
  silence: () => 1.5,
}

/** The samples after these facts, by name and labels. */
async function samples(...facts: readonly Fact[]): Promise<ReadonlyMap<string, number>> {
  const { registry, emit } = metrics('1.2.3', readings)
  for (const fact of facts) emit(fact)
  return samplesOf(await registry.metrics())
}

const notRun = { fact: 'NotRun', ...about, reason: 'Overlap', message: 'm', slot: 's' } as const
const ended = { fact: 'Ended', ...about, reason: 'r', message: 'm', seconds: 2, attempt: 1 } as const

describe('a fact moves its series', () => {
  it.each<[string, number, Fact]>([
    ['rota_runs_total{operation="sleep",result="Succeeded"}', 1, { ...ended, result: 'Succeeded' }],
    ['rota_runs_total{operation="sleep",result="TimedOut"}', 1, { ...ended, result: 'TimedOut' }],
    ['rota_run_duration_seconds_sum{operation="sleep"}', 2, { ...ended, result: 'Failed' }],
    ['rota_run_duration_seconds_bucket{le="1",operation="sleep"}', 0, { ...ended, result: 'Failed' }],
    ['rota_run_duration_seconds_bucket{le="2.5",operation="sleep"}', 1, { ...ended, result: 'Failed' }],
    [
      'rota_run_attempts_total{operation="sleep",outcome="Failed"}',
      1,
      { fact: 'Attempted', ...about, attempt: 1, outcome: 'Failed', message: 'm' },
    ],
    ['rota_start_lateness_seconds_sum', 0.25, { fact: 'Claimed', ...about, latenessSeconds: 0.25, reason: 'Schedule' }],
    ['rota_missed_slots_total', 12, { ...notRun, result: 'Missed', count: 12 }],
    ['rota_runs_total{operation="sleep",result="Missed"}', 12, { ...notRun, result: 'Missed', count: 12 }],
    ['rota_runs_total{operation="sleep",result="Skipped"}', 1, { ...notRun, result: 'Skipped', count: 1 }],
    ['rota_waits_total{rule="due"}', 1, { fact: 'Waiting', task: about.task, rule: 'due', message: 'm' }],
    [
      'rota_objects_changed_total{operation="sleep",kind="Deployment"}',
      1,
      { fact: 'Changed', ...about, kind: 'Deployment', target: 't', says: 's' },
    ],
    [
      'rest_client_requests_total{code="409",method="PATCH"}',
      1,
      { fact: 'Requested', method: 'PATCH', code: '409', seconds: 0.5 },
    ],
    [
      'rest_client_request_duration_seconds_sum{verb="PATCH"}',
      0.5,
      { fact: 'Requested', method: 'PATCH', code: '409', seconds: 0.5 },
    ],
    ['rota_watch_restarts_total', 1, { fact: 'WatchRestarted', resource: 'x', because: 'reset' }],
    ['leader_election_master_status{name="rota"}', 1, { fact: 'Leading', name: 'rota', leading: true, message: 'm' }],
  ])('%s', async (series, value, fact) => {
    expect((await samples()).get(series) ?? 0).toBe(0)
    expect((await samples(fact)).get(series)).toBe(value)
  })

  it('back, when the lead is lost', async () => {
    const leading = { fact: 'Leading', name: 'rota', message: 'm' } as const
    const after = await samples({ ...leading, leading: true }, { ...leading, leading: false })
    expect(after.get('leader_election_master_status{name="rota"}')).toBe(0)
  })
})

describe('at a scrape', () => {
  it('the pool, the phases and the build are read', async () => {
    const now = await samples()
    expect(now.get('rota_queue_depth')).toBe(7)
    expect(now.get('rota_workers{state="max"}')).toBe(5)
    expect(now.get('rota_workers{state="busy"}')).toBe(2)
    expect(now.get('rota_requests_in_flight')).toBe(6)
    expect(now.get('rota_requests_limit')).toBe(16)
    expect(now.get('rota_tasks{phase="Scheduled"}')).toBe(7)
    for (const phase of ['Stalled', 'Running', 'Waiting', 'Suspended', 'Idle']) {
      expect(now.get(`rota_tasks{phase="${phase}"}`)).toBe(0)
    }
    expect(now.get('rota_saved_cpu_cores{cost_center="cc-1"}')).toBe(1.5)
    expect(now.get('rota_saved_memory_bytes{cost_center="cc-1"}')).toBe(1024)
    expect(now.get('rota_watch_silence_seconds')).toBe(1.5)
    expect(now.get('rota_build_info{version="1.2.3"}')).toBe(1)
    expect(now.has('process_start_time_seconds')).toBe(true)
  })

  it('what alerts look at is there before anything happened', async () => {
    const now = await samples()
    expect(now.get('rota_runs_total{operation="job",result="Failed"}')).toBe(0)
    expect([now.get('rota_missed_slots_total'), now.get('rota_watch_restarts_total')]).toEqual([0, 0])
  })

  it('no series names a task unless it is asked for', async () => {
    const now = await samples({ ...ended, result: 'Failed' }, { fact: 'Submitted', ...about, slot: 's', rank: 0 })
    expect([...now.keys()].filter(series => series.includes('nights-off'))).toEqual([])
  })

  it('each task has its own where they are asked for, as long as it is there', async () => {
    const { registry } = metrics('1.2.3', readings)
    const task = { namespace: 'team-a', name: 'off', lastSuccess: 1000, nextRun: undefined, consecutiveFailures: 2 }
    const tasks = [task]
    addTaskMetrics(registry, () => tasks)
    const told = async () => (await registry.metrics()).split('\n').filter(line => line.startsWith('rota_task_'))
    expect(await told()).toEqual([
      'rota_task_last_success_timestamp_seconds{namespace="team-a",name="off"} 1',
      'rota_task_consecutive_failures{namespace="team-a",name="off"} 2',
    ])
    tasks.pop()
    expect(await told()).toEqual([])
  })
})

it('the longest turn of the event loop is that since the last scrape, once', async () => {
  const { registry } = metrics('1.2.3', readings)
  const longest = async () => samplesOf(await registry.metrics()).get('nodejs_eventloop_lag_max_seconds') ?? 0
  await turn(() => {
    const until = performance.now() + 200
    while (performance.now() < until);
  })
  expect(await longest()).toBeGreaterThanOrEqual(0.2)
  await turn(() => undefined)
  expect(await longest()).toBeLessThan(0.2)
})

/** Two turns of the event loop later, what is done in the first is over and counted. */
async function turn(work: () => void): Promise<void> {
  await new Promise<void>(resolve => setImmediate(() => resolve(work())))
  await new Promise(resolve => setImmediate(resolve))
  await new Promise(resolve => setImmediate(resolve))
}
