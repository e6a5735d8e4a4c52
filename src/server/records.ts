import type { HistoryEntry } from '../api/task.ts'
import type { Task } from '../decide/task.ts'
import type { HistoryView, RunView } from './shapes.ts'
import { secondsOf, time } from './task-view.ts'

/** A record as `/history` shows it. */
export function historyView(task: Task, entry: HistoryEntry): HistoryView {
  return {
    task_id: task.key,
    title: entry.title ?? null,
    command: entry.command ?? null,
    timestamp: timestampOf(entry),
    execution_time_seconds: secondsOf(entry.durationMilliseconds),
    success: entry.result === 'Succeeded',
    output: entry.output ?? null,
    error: entry.error ?? null,
    operation_type: entry.operation,
    namespace: entry.namespaces?.join(',') ?? null,
    cost_center: entry.costCenter ?? null,
  }
}

/** All that is kept of a run. */
export function runView(entry: HistoryEntry): RunView {
  const namespaces = [...(entry.namespaces ?? [])]
  return {
    run_id: entry.id,
    operation: entry.operation,
    reason: entry.reason,
    slot_time: time(entry.slotTime) ?? entry.slotTime,
    start_time: time(entry.startTime),
    duration_seconds: secondsOf(entry.durationMilliseconds),
    result: entry.result,
    result_reason: entry.resultReason ?? null,
    attempts: entry.attempts ?? 0,
    changed: entry.changed ?? 0,
    dry_run: entry.dryRun ?? false,
    command: entry.command ?? null,
    namespaces,
    namespace_count: entry.namespaceCount ?? namespaces.length,
    output: entry.output ?? null,
    error: entry.error ?? null,
    count: entry.count ?? 1,
  }
}

/** What did not start is dated at its slot. */
function timestampOf({ startTime, slotTime }: HistoryEntry): string {
  return time(startTime) ?? time(slotTime) ?? slotTime
}
