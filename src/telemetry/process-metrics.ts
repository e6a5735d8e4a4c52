import { monitorEventLoopDelay } from 'node:perf_hooks'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** Gauges that prom-client names like counters; it has the same by type, under names that are right. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']
/** Milliseconds, longer than any process lives: prom-client's own look at the event loop wakes it each time. */
const NEVER = 2 ** 31 - 1

let made: Registry | undefined

/** Memory, processor time, event loop: of the process, so that they are looked at once, however many operators are in it. */
export function processMetrics(): Registry {
  if (made) return made
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  addEventLoopLag(registry)
  made = registry
  return registry
}

/**
 * How long each turn of the event loop has kept the next one waiting, since the last scrape: under the names of prom-client,
 * whose place they take, but looked at once a turn instead of a hundred times a second, so that a process at rest stays at rest.
 */
function addEventLoopLag(registry: Registry): void {
  const turns = monitorEventLoopDelay({ samplePerIteration: true })
  turns.enable()
  const gauge = (which: string, help: string, nanoseconds: () => number) => {
    const name = `nodejs_eventloop_lag_${which}_seconds`
    registry.removeSingleMetric(name)
    return new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(nanoseconds() / 1e9)
      },
    })
  }
  gauge('min', 'The shortest turn of the event loop since the last scrape.', () => turns.min)
  gauge('mean', 'The mean turn of the event loop since the last scrape.', () => turns.mean)
  gauge('stddev', 'The standard deviation of the turns of the event loop since the last scrape.', () => turns.stddev)
  gauge('p50', 'The median turn of the event loop since the last scrape.', () => turns.percentile(50))
  gauge('p90', 'The 90th percentile of the turns of the event loop since the last scrape.', () => turns.percentile(90))
  gauge('p99', 'The 99th percentile of the turns of the event loop since the last scrape.', () => turns.percentile(99))
  gauge('max', 'The longest turn of the event loop since the last scrape.', () => {
    const longest = turns.max
    // It is the last one that is read.
    turns.reset()
    return longest
  })
}
