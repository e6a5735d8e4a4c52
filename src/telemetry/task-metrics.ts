import { Gauge, type Registry } from 'prom-client'
import { type Instant, SECOND } from '../lib/instant.ts'

/** What the series of one task show. */
export interface TaskReading {
  readonly namespace: string
  readonly name: string
  readonly lastSuccess: Instant | undefined
  readonly nextRun: Instant | undefined
  readonly consecutiveFailures: number
}

const SERIES = [
  {
    name: 'rota_task_last_success_timestamp_seconds',
    help: 'When the task has last succeeded.',
    value: ({ lastSuccess }: TaskReading) => seconds(lastSuccess),
  },
  {
    name: 'rota_task_next_run_timestamp_seconds',
    help: 'When the task runs next.',
    value: ({ nextRun }: TaskReading) => seconds(nextRun),
  },
  {
    name: 'rota_task_consecutive_failures',
    help: 'Runs of the task that have failed since its last success.',
    value: ({ consecutiveFailures }: TaskReading) => consecutiveFailures,
  },
]

/** Series for each task, for who asks for them (`--task-metrics`): their number grows with the tasks. */
export function addTaskMetrics(registry: Registry, tasks: () => Iterable<TaskReading>): void {
  for (const { name, help, value } of SERIES) {
    new Gauge({
      name,
      help,
      labelNames: ['namespace', 'name'],
      registers: [registry],
      collect() {
        // The series of a task end with it.
        this.reset()
        for (const task of tasks()) {
          const now = value(task)
          if (now !== undefined) this.set({ namespace: task.namespace, name: task.name }, now)
        }
      },
    })
  }
}

function seconds(at: Instant | undefined): number | undefined {
  return at === undefined ? undefined : at / SECOND
}
