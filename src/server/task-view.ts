import type { Condition } from '../api/task.ts'
import type { Task } from '../decide/task.ts'
import { HOUR, type Instant, instantOf, rfc3339, SECOND } from '../lib/instant.ts'
import { whenInWords } from '../schedule/spec-words.ts'
import type { Tasks } from './ports.ts'
import type { RunningView, TaskView } from './shapes.ts'

const DAY = 24 * HOUR
const MOST_MARKS = 50

/** A task as the REST API shows it. */
export function taskView(tasks: Tasks, task: Task, now: Instant): TaskView {
  const { spec, status } = task
  return {
    task_id: task.key,
    uid: task.uid,
    namespace: task.namespace,
    name: task.name,
    title: spec.title ?? null,
    cost_center: spec.costCenter ?? null,
    operation_type: task.operation,
    command: tasks.command(task),
    schedule: spec.schedule ?? null,
    wake_schedule: spec.operation.sleep?.wakeSchedule ?? null,
    time_zone: spec.timeZone,
    in_words: whenInWords(task),
    depends_on: (spec.dependsOn ?? []).map(({ name }) => name),
    service_account: spec.serviceAccountName,
    suspend: spec.suspend,
    dry_run: spec.dryRun,
    hold_until: time(status.holdUntil),
    status: status.phase ?? 'Unknown',
    status_message: messageOf(task) ?? null,
    run_count: status.runCount ?? 0,
    error_count: status.errorCount ?? 0,
    missed_count: status.missedCount ?? 0,
    consecutive_failures: status.consecutiveFailures ?? 0,
    last_run: time(status.lastRunTime),
    last_success: time(status.lastSuccessfulTime),
    last_failure: time(status.lastFailedTime),
    last_result: status.lastResult ?? null,
    last_message: status.lastMessage ?? null,
    next_run: time(status.nextRunTime),
    active_run: activeRunOf(task),
    sleeping: sleepingOf(task),
    saved: {
      cpu_core_hours: Number(status.saved?.cpuCoreHours ?? 0),
      memory_gib_hours: Number(status.saved?.memoryGiBHours ?? 0),
    },
    conditions: (status.conditions ?? []).map(({ type, status, reason, message, lastTransitionTime }) => ({
      type,
      status,
      reason,
      message,
      last_transition_time: time(lastTransitionTime),
    })),
    recent: recentOf(tasks, task, now),
    upcoming: tasks
      .upcoming(task, now, MOST_MARKS, now + DAY)
      .filter(({ due }) => due <= now + DAY)
      .map(({ operation, due }) => ({ operation, at: rfc3339(due) })),
  }
}

/** A task whose run is active. */
export function runningView({ key, spec, status, requests }: Task): RunningView {
  return {
    task_id: key,
    title: spec.title ?? null,
    status: status.phase ?? 'Unknown',
    last_run: time(status.lastRunTime),
    run_count: status.runCount ?? 0,
    is_done: status.activeRun === undefined,
    is_cancelled: requests.cancel !== status.handled?.cancel,
  }
}

/** A time in whole seconds, UTC; a damaged one is none. */
export function time(text: string | undefined): string | null {
  const at = instantOf(text)
  return at === undefined ? null : rfc3339(at)
}

/** Why it is in its phase. */
function messageOf({ status }: Task): string | undefined {
  const of = (type: Condition['type']) => status.conditions?.find(condition => condition.type === type)?.message
  switch (status.phase) {
    case 'Stalled':
      return of('Stalled')
    case 'Waiting':
      return status.lastMessage
    case 'Suspended':
      return of('Ready')
    default:
      return undefined
  }
}

function activeRunOf({ status: { activeRun } }: Task): TaskView['active_run'] {
  if (!activeRun) return null
  const { id, operation, reason, slotTime, startTime, attempt, nextAttemptTime, namespaces } = activeRun
  return {
    run_id: id,
    operation,
    reason,
    slot_time: time(slotTime) ?? slotTime,
    start_time: time(startTime) ?? startTime,
    attempt,
    next_attempt_time: time(nextAttemptTime),
    namespaces: [...namespaces],
  }
}

function sleepingOf({ status: { sleeping } }: Task): TaskView['sleeping'] {
  if (!sleeping) return null
  return {
    since: time(sleeping.since),
    namespaces: [...sleeping.namespaces],
    workloads: sleeping.workloads,
    cpu_cores: (sleeping.cpuMillicores ?? 0) / 1000,
    memory_bytes: sleeping.memoryBytes ?? 0,
  }
}

function recentOf(tasks: Tasks, task: Task, now: Instant): TaskView['recent'] {
  return tasks
    .history(task)
    .map(entry => ({ entry, at: instantOf(entry.startTime) ?? instantOf(entry.slotTime) ?? 0 }))
    .filter(({ at }) => at > now - DAY)
    .slice(0, MOST_MARKS)
    .map(({ entry: { operation, result, durationMilliseconds, count }, at }) => ({
      operation,
      at: rfc3339(at),
      result,
      duration_seconds: secondsOf(durationMilliseconds),
      count: count ?? 1,
    }))
}

export function secondsOf(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : milliseconds / SECOND
}
