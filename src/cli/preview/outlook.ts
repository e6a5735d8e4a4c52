import type { OperationName } from '../../api/task.ts'
import { stall } from '../../decide/armed.ts'
import { readiness } from '../../decide/derived.ts'
import { heldUntil } from '../../decide/hold.ts'
import { nextRuns } from '../../decide/slots.ts'
import type { Task } from '../../decide/task.ts'
import { type Instant, rfc3339 } from '../../lib/instant.ts'
import { localTime } from '../../schedule/local-time.ts'
import type { Preview, Said } from './model.ts'
import type { Subject } from './tasks.ts'

const NEXT_RUNS = 5

/** What can be told of a task without a look at what it works on. */
export function outlook(
  { file, isInCluster }: Pick<Subject, 'file' | 'isInCluster'>,
  task: Task,
  now: Instant,
): Omit<Preview, 'seenAs' | 'runs'> {
  const { spec } = task
  // The delay of each slot follows from the uid.
  const isDelayUnknown = !isInCluster && spec.jitterSeconds > 0
  const scheduled = isDelayUnknown ? { ...task, spec: { ...spec, jitterSeconds: 0 } } : task
  return {
    task: task.key,
    title: spec.title ?? null,
    file: file ?? null,
    isInCluster,
    state: stateOf(task, now),
    timeZone: spec.timeZone,
    nextRuns: nextRuns(scheduled, now, NEXT_RUNS).map(({ operation, due }) => ({
      operation,
      time: rfc3339(due),
      local: localTime(due, spec.timeZone),
    })),
    plusJitterSeconds: isDelayUnknown ? spec.jitterSeconds : null,
  }
}

/** The runs that can be asked for now. */
export function operationsOf({ operation, status }: Task): readonly OperationName[] {
  return operation === 'sleep' && status.sleeping ? ['sleep', 'wake'] : [operation]
}

function stateOf(task: Task, now: Instant): readonly Said[] {
  const { deleted, status } = task
  const run = status.activeRun
  return [
    ...(deleted === undefined ? [] : [{ reason: 'Deleted', message: `is being deleted since ${rfc3339(deleted)}` }]),
    stall(task, now) ?? readiness(task, heldUntil(task, now)),
    ...(run
      ? [{ reason: 'Running', message: `run ${run.id} (${run.operation}) is active since ${run.startTime}` }]
      : []),
  ].map(({ reason, message }) => ({ reason, message }))
}
