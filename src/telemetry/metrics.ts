import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Emit } from '../api/facts.ts'
import { OPERATIONS, PHASES, RESULTS } from '../api/task.ts'
import { processMetrics } from './process-metrics.ts'
import { type Sleeper, savedByCostCenter } from './saved.ts'

/** What is read at each scrape. */
export interface Readings {
  pool(): { readonly workers: number; readonly active: number; readonly queued: number; readonly waiting: number }
  /** Requests on targets. */
  requests(): { readonly inFlight: number; readonly limit: number }
  /** Number of tasks by phase. */
  phases(): ReadonlyMap<string, number>
  /** Tasks that put something to sleep, and what sleeps by them now. */
  sleepers(): Iterable<Sleeper>
  /** Seconds since the watch of tasks has been heard. */
  silence(): number
}

/** All series. No series has a label for a task: their number must not grow with the tasks. */
export function metrics(version: string, readings: Readings): { readonly registry: Registry; readonly emit: Emit } {
  const registry = Registry.merge([processMetrics()])
  const registers = [registry]
  gauges(version, readings, registers)

  const runs = new Counter({
    name: 'rota_runs_total',
    help: 'Runs that have ended, and slots and requests that ended without one, by result.',
    labelNames: ['operation', 'result'],
    registers,
  })
  // A counter that appears with its first failure does not increase by it: alerts would not see it.
  for (const operation of OPERATIONS) for (const result of RESULTS) runs.inc({ operation, result }, 0)
  const durations = new Histogram({
    name: 'rota_run_duration_seconds',
    help: 'Time from the start of a run to its end.',
    labelNames: ['operation'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
    registers,
  })
  const attempts = new Counter({
    name: 'rota_run_attempts_total',
    help: 'Attempts that have ended.',
    labelNames: ['operation', 'outcome'],
    registers,
  })
  const lateness = new Histogram({
    name: 'rota_start_lateness_seconds',
    help: 'Time from when a run was due until it was claimed.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    registers,
  })
  const waits = new Counter({
    name: 'rota_waits_total',
    help: 'Runs that were due and were held back for ten seconds, by the rule that says for what.',
    labelNames: ['rule'],
    registers,
  })
  const missed = new Counter({ name: 'rota_missed_slots_total', help: 'Slots that passed without a run.', registers })
  const changed = new Counter({
    name: 'rota_objects_changed_total',
    help: 'Objects that runs have changed.',
    labelNames: ['operation', 'kind'],
    registers,
  })
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server.',
    labelNames: ['code', 'method'],
    registers,
  })
  const latencies = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Time until the API server has answered.',
    labelNames: ['verb'],
    registers,
  })
  const restarts = new Counter({
    name: 'rota_watch_restarts_total',
    help: 'Watches that ended with an error and were begun again.',
    registers,
  })
  const leader = new Gauge({
    name: 'leader_election_master_status',
    help: '1 while this process is the leader.',
    labelNames: ['name'],
    registers,
  })

  const emit: Emit = fact => {
    switch (fact.fact) {
      case 'Ended':
        runs.inc({ operation: fact.operation, result: fact.result })
        durations.observe({ operation: fact.operation }, fact.seconds)
        return
      case 'Attempted':
        return attempts.inc({ operation: fact.operation, outcome: fact.outcome })
      case 'Claimed':
        return lateness.observe(fact.latenessSeconds)
      case 'NotRun':
        runs.inc({ operation: fact.operation, result: fact.result }, fact.count)
        return fact.result === 'Missed' ? missed.inc(fact.count) : undefined
      case 'Waiting':
        return waits.inc({ rule: fact.rule })
      case 'Changed':
        return changed.inc({ operation: fact.operation, kind: fact.kind })
      case 'Requested':
        requests.inc({ code: fact.code, method: fact.method })
        return latencies.observe({ verb: fact.method }, fact.seconds)
      case 'WatchRestarted':
        return restarts.inc()
      case 'Leading':
        return leader.set({ name: fact.name }, fact.leading ? 1 : 0)
      default:
        return
    }
  }
  return { registry, emit }
}

function gauges(version: string, readings: Readings, registers: Registry[]): void {
  const info = new Gauge({
    name: 'rota_build_info',
    help: 'Constant 1, with the version.',
    labelNames: ['version'],
    registers,
  })
  info.set({ version }, 1)
  new Gauge({
    name: 'rota_queue_depth',
    help: 'Runs that are due and wait for a worker or a namespace.',
    registers,
    collect() {
      const { queued, waiting } = readings.pool()
      this.set(queued + waiting)
    },
  })
  new Gauge({
    name: 'rota_workers',
    help: 'Size of the worker pool, and how many are at work.',
    labelNames: ['state'],
    registers,
    collect() {
      const { workers, active } = readings.pool()
      this.set({ state: 'max' }, workers)
      this.set({ state: 'busy' }, active)
    },
  })
  new Gauge({
    name: 'rota_requests_in_flight',
    help: 'Requests on targets that are under way.',
    registers,
    collect() {
      this.set(readings.requests().inFlight)
    },
  })
  new Gauge({
    name: 'rota_requests_limit',
    help: 'How many requests on targets may be under way at once; it follows how the API server keeps up.',
    registers,
    collect() {
      this.set(readings.requests().limit)
    },
  })
  new Gauge({
    name: 'rota_tasks',
    help: 'ScheduledTasks by phase.',
    labelNames: ['phase'],
    registers,
    collect() {
      const phases = readings.phases()
      for (const phase of PHASES) this.set({ phase }, phases.get(phase) ?? 0)
    },
  })
  new Gauge({
    name: 'rota_watch_silence_seconds',
    help: 'Time since the watch of tasks has been heard; some seconds are ordinary.',
    registers,
    collect() {
      this.set(readings.silence())
    },
  })
  savings(readings, registers)
}

function savings({ sleepers }: Readings, registers: Registry[]): void {
  const what = [
    ['rota_saved_cpu_cores', 'CPU', 'cores'],
    ['rota_saved_memory_bytes', 'Memory', 'bytes'],
  ] as const
  for (const [name, resource, measure] of what) {
    new Gauge({
      name,
      help: `${resource} that the pods would request which do not run now because they sleep, by cost center of the task.`,
      labelNames: ['cost_center'],
      registers,
      collect() {
        // The series of a cost center ends with its last task.
        this.reset()
        for (const [cost_center, saved] of savedByCostCenter(sleepers())) this.set({ cost_center }, saved[measure])
      },
    })
  }
}
