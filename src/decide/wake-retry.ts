import { type HistoryEntry, isFailure } from '../api/task.ts'
import { type Instant, instantOf, MINUTE } from '../lib/instant.ts'
import type { Task } from './task.ts'

const WAKE_RETRY = 5 * MINUTE

/** Whether the newest run is a wake that did not do its work; one that was cancelled on request has no more to do. */
export function wakeFailed(task: Task): boolean {
  const { operation, result, resultReason } = newestRun(task)
  return operation === 'wake' && (isFailure(result) || resultReason === 'SpecChanged')
}

/** A wake that did not succeed is tried again after five minutes, for as long as it is owed; after an edit at once. */
export function wakeRetryTime(task: Task, now: Instant): Instant {
  const { operation, result, resultReason } = newestRun(task)
  if (operation !== 'wake' || resultReason === 'SpecChanged') return 0
  const { lastFailedTime, lastRunTime } = task.status
  const tried = isFailure(result) ? lastFailedTime : result === 'Cancelled' ? lastRunTime : undefined
  const last = instantOf(tried) ?? 0
  // What lies ahead was written by a clock that went wrong.
  return last === 0 || last > now ? 0 : last + WAKE_RETRY
}

type NewestRun = Partial<Pick<HistoryEntry, 'operation' | 'result' | 'resultReason'>>

/** The newest run that was started. Without a history (`historyLimit: 0`) only a result is known: it is taken for a wake's. */
function newestRun({ status }: Task): NewestRun {
  const { history = [], lastResult } = status
  if (history.length === 0) return { operation: 'wake', ...(lastResult && { result: lastResult }) }
  return history.find(({ attempts = 0 }) => attempts > 0) ?? {}
}
