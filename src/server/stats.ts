import { isFailure } from '../api/task.ts'
import type { Task } from '../decide/task.ts'
import { type Instant, instantOf } from '../lib/instant.ts'
import type { Api } from './ports.ts'
import type { StatsView } from './shapes.ts'

/** Of these tasks, as their statuses say, and of the workers of this process. */
export function statsOf({ pool, settings, now }: Api, tasks: readonly Task[]): StatsView {
  const number = (is: (task: Task) => boolean) => tasks.filter(is).length
  const at = now()
  return {
    max_workers: pool().workers,
    running_tasks: number(({ status }) => status.activeRun !== undefined),
    task_timeout: settings.taskTimeoutSeconds,
    max_retries: settings.taskMaxRetries,
    retry_delay: settings.taskRetryDelaySeconds,
    total_tasks: tasks.length,
    pending_tasks: number(task => isPending(task, at)),
    completed_tasks: number(({ status }) => status.lastResult === 'Succeeded'),
    failed_tasks: number(({ status }) => isFailure(status.lastResult)),
  }
}

/** Due, and waiting. */
function isPending({ status: { phase, activeRun, nextRunTime } }: Task, now: Instant): boolean {
  if (activeRun) return false
  return phase === 'Waiting' || (phase === 'Scheduled' && (instantOf(nextRunTime) ?? Infinity) <= now)
}
