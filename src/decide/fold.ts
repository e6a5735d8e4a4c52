import { type ActiveRun, type HistoryEntry, isFailure, type Status, TEXT_LIMIT } from '../api/task.ts'
import { type Instant, instantOf, rfc3339 } from '../lib/instant.ts'
import { cut } from '../lib/text.ts'
import { isBroken } from './breaker.ts'
import { successKey } from './cache.ts'
import { command } from './command.ts'
import { derived } from './derived.ts'
import { isDryRun } from './dry-run.ts'
import type { Ending, NotRun, StatusEvent } from './events.ts'
import { fitted } from './fitted.ts'
import { canBeUndone, revertedCondition } from './reverted.ts'
import { specKey } from './run.ts'
import { saved } from './savings.ts'
import { afterSleep, afterWake, fallingAsleep, fallsAsleep, without } from './sleeping.ts'
import type { Task } from './task.ts'

/**
 * The only maker of status: what it was, plus what happened, plus what follows from both (phase, conditions, next runs).
 * Fields it does not know are carried over, so that a newer version's status survives an older operator.
 */
export function fold(task: Task, events: readonly StatusEvent[], now: Instant): Status {
  let status = closesBreaker(task) ? { ...task.status, consecutiveFailures: 0 } : task.status
  for (const event of events) status = applied(task, status, event, now)
  const waiting = events.findLast(({ event }) => event === 'Waiting')
  const message = waiting?.event === 'Waiting' ? waiting.message : undefined
  const { nextRunTime: _time, nextRuns: _runs, holdUntil: _hold, history, ...rest } = status
  const { historyLimit } = task.spec
  const kept = {
    ...rest,
    ...(history && { history: history.length > historyLimit ? history.slice(0, historyLimit) : history }),
  }
  return fitted({ ...kept, ...derived({ ...task, status }, message, now) })
}

/** An edit gives a task whose breaker is open another chance. */
function closesBreaker(task: Task): boolean {
  return isBroken(task) && task.status.observedGeneration !== task.generation
}

function applied(task: Task, status: Status, event: StatusEvent, now: Instant): Status {
  switch (event.event) {
    case 'Claimed':
      return claimed(task, status, event, now)
    case 'Resumed':
      return status.activeRun
        ? {
            ...status,
            activeRun: { ...status.activeRun, owner: event.owner, resumed: (status.activeRun.resumed ?? 0) + 1 },
          }
        : status
    case 'AttemptFailed': {
      if (!status.activeRun) return status
      const next = { attempt: event.nextAttempt, nextAttemptTime: new Date(event.nextAttemptTime).toISOString() }
      return { ...status, activeRun: { ...status.activeRun, ...next }, lastMessage: cut(event.message, TEXT_LIMIT) }
    }
    case 'Progress':
      return { ...status, lastMessage: cut(event.message, TEXT_LIMIT) }
    case 'Ended':
      return ended(task, status, event, now)
    case 'NotRun':
      return notRun(task, status, event)
    case 'Handled': {
      const { event: _, ...tokens } = event
      return { ...status, handled: { ...status.handled, ...tokens } }
    }
    case 'LeftAsleep':
      return withSleeping(status, without(status.sleeping, event.namespaces), now)
    case 'Looked':
      return { ...status, conditions: revertedCondition(task, status, event.reverted, now) }
    case 'Waiting':
      return status
  }
}

function claimed(task: Task, status: Status, event: StatusEvent & { event: 'Claimed' }, now: Instant): Status {
  const { run, owner } = event
  const next: Status = {
    ...status,
    runCount: (status.runCount ?? 0) + 1,
    lastRunTime: rfc3339(now),
    activeRun: {
      id: run.id,
      operation: run.operation,
      reason: run.reason,
      slotTime: rfc3339(run.slotTime),
      startTime: new Date(now).toISOString(),
      attempt: 1,
      namespaces: [...run.namespaces],
      owner,
      resumed: 0,
      specKey: specKey(task.spec),
    },
    ...(run.reason !== 'Request' && { lastSlotTime: rfc3339(run.slotTime) }),
    ...(run.request && { handled: { ...status.handled, [run.request.name]: run.request.token } }),
  }
  // Noted before the first write on a workload, so that a crash in mid-sleep cannot forget what may be asleep.
  if (!fallsAsleep(task, run)) return next
  const kinds = task.spec.operation.sleep?.kinds ?? []
  return withSleeping(next, fallingAsleep(status.sleeping, run.namespaces, kinds, now), now)
}

function ended(task: Task, status: Status, end: Ending, now: Instant): Status {
  const { activeRun: run, ...rest } = status
  if (!run) return status
  const at = rfc3339(now)
  const failed = isFailure(end.result)
  const dryRun = isDryRun(task, run.operation)
  const succeeded = end.result === 'Succeeded'
  const entry: HistoryEntry = {
    id: run.id,
    operation: run.operation,
    reason: run.reason,
    slotTime: run.slotTime,
    startTime: run.startTime,
    durationMilliseconds: Math.max(0, now - (instantOf(run.startTime) ?? now)),
    result: end.result,
    resultReason: end.reason,
    attempts: run.attempt,
    ...described(task, run.operation, run.namespaces),
    changed: end.changed,
    ...(dryRun && { dryRun }),
    ...(end.output && { output: cut(end.output, TEXT_LIMIT) }),
    ...(end.error && { error: cut(end.error, TEXT_LIMIT) }),
  }
  const next: Status = {
    ...rest,
    ...(failed && {
      errorCount: (status.errorCount ?? 0) + 1,
      consecutiveFailures: (status.consecutiveFailures ?? 0) + 1,
      lastFailedTime: at,
    }),
    // A wake that the breaker let pass does not close it.
    ...(succeeded && (run.reason === 'Request' || !isBroken(task)) && { consecutiveFailures: 0 }),
    ...(succeeded &&
      !dryRun && {
        lastSuccessfulTime: at,
        lastSuccessfulSpecKey: successKey(run.operation, task.spec),
        ...(run.reason !== 'Request' && { lastSuccessfulSlotTime: run.slotTime }),
      }),
    lastResult: end.result,
    lastMessage: cut(end.message, TEXT_LIMIT),
    history: [entry, ...(status.history ?? [])],
  }
  if (dryRun) return next
  const after = withLastChange(task, next, run, end, now)
  if (run.operation === 'sleep') return withSleeping(after, afterSleep(status.sleeping, run.namespaces, end), now)
  if (run.operation === 'wake' && succeeded) {
    return withSleeping(after, afterWake(status.sleeping, run.namespaces), now)
  }
  return after
}

/** What can be undone by others is looked at once more; what has failed is not what its author wanted anyway. */
function withLastChange(task: Task, status: Status, run: ActiveRun, end: Ending, now: Instant): Status {
  const { id, operation, namespaces } = run
  const { result, changed } = end
  if (!canBeUndone(operation)) return status
  const { lastChange: _, ...older } = status
  // What was undone before was undone of an older run.
  const rest = { ...older, conditions: revertedCondition(task, older, undefined, now) }
  const endTime = rfc3339(now)
  const lasts = result === 'Succeeded' && changed > 0
  return lasts ? { ...rest, lastChange: { id, operation, namespaces, endTime } } : rest
}

function notRun(task: Task, status: Status, event: NotRun): Status {
  const entry: HistoryEntry = {
    id: event.id,
    operation: event.operation,
    reason: event.runReason,
    slotTime: rfc3339(event.slotTime),
    result: event.result,
    resultReason: event.reason,
    attempts: 0,
    ...described(task, event.operation, []),
    changed: 0,
    ...(event.count > 1 && { count: event.count }),
    [event.reason === 'Cached' ? 'output' : 'error']: cut(event.message, TEXT_LIMIT),
  }
  return {
    ...status,
    ...(event.result === 'Missed' && { missedCount: (status.missedCount ?? 0) + event.count }),
    ...(event.runReason !== 'Request' && { lastSlotTime: rfc3339(event.slotTime) }),
    // It stands for a success: those that depend on it go on.
    ...(event.reason === 'Cached' &&
      event.runReason !== 'Request' && { lastSuccessfulSlotTime: rfc3339(event.slotTime) }),
    lastResult: event.result,
    lastMessage: cut(event.message, TEXT_LIMIT),
    history: [entry, ...(status.history ?? [])],
  }
}

function described(task: Task, operation: HistoryEntry['operation'], namespaces: readonly string[]) {
  const { title, costCenter } = task.spec
  return {
    command: cut(command(task, operation, namespaces), TEXT_LIMIT),
    namespaces: namespaces.slice(0, 5),
    namespaceCount: namespaces.length,
    ...(title !== undefined && { title }),
    ...(costCenter !== undefined && { costCenter }),
  }
}

/** What has slept until now is counted before it changes. */
function withSleeping(status: Status, sleeping: Status['sleeping'], now: Instant): Status {
  const counted = saved(status, now)
  const { sleeping: _, ...rest } = status
  return { ...rest, ...(sleeping && { sleeping }), ...(counted && { saved: counted }) }
}
