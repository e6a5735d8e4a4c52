import type { Condition, Phase, Status } from '../api/task.ts'
import { shortHash } from '../lib/hash.ts'
import { type Instant, rfc3339 } from '../lib/instant.ts'
import { localTime } from '../schedule/local-time.ts'
import type { Task } from './task.ts'

const NEXT_RUNS = 5
/** Conditions of other types are a newer version's: they are carried over. */
const OWN_CONDITIONS: ReadonlySet<string> = new Set(['Ready', 'Stalled', 'Reconciling'])

/** The fields of status that follow from the task and the rest of its status. */
export function derived(task: Task, status: Status, waiting: string | undefined, now: Instant): Partial<Status> {
  const next = task.problem || task.spec.suspend || task.deleted !== undefined ? [] : upcoming(task, now)
  return {
    observedGeneration: task.generation,
    runCount: status.runCount ?? 0,
    errorCount: status.errorCount ?? 0,
    missedCount: status.missedCount ?? 0,
    consecutiveFailures: status.consecutiveFailures ?? 0,
    phase: phaseOf(task, status, waiting),
    schedule: armed(task, status, now),
    conditions: conditionsOf(task, status, now),
    ...(next[0] !== undefined && {
      nextRunTime: rfc3339(next[0]),
      nextRuns: next.map(at => localTime(at, task.spec.timeZone)),
    }),
    ...(waiting !== undefined && { lastMessage: waiting }),
  }
}

/** What decides the slots; a change of it owes nothing for the past. */
export function scheduleKey(task: Task): string {
  const { schedule, timeZone, suspend, operation } = task.spec
  return shortHash(JSON.stringify([schedule ?? null, operation.sleep?.wakeSchedule ?? null, timeZone, suspend]))
}

/** Slots at or before `since` are never owed: it is the creation, the last change of the schedule, or the end of a stall. */
export function armed(task: Task, status: Status, now: Instant): NonNullable<Status['schedule']> {
  const key = scheduleKey(task)
  const wasStalled = status.phase === 'Stalled' && !task.problem
  if (status.schedule?.key === key && !wasStalled) return status.schedule
  return { key, since: rfc3339(status.schedule ? now : task.created) }
}

function phaseOf(task: Task, status: Status, waiting: string | undefined): Phase {
  if (task.problem) return 'Stalled'
  if (status.activeRun) return 'Running'
  if (waiting !== undefined) return 'Waiting'
  if (task.spec.suspend) return 'Suspended'
  return task.lines.length > 0 ? 'Scheduled' : 'Idle'
}

function upcoming(task: Task, now: Instant): readonly Instant[] {
  const slots = new Set<Instant>()
  for (const { timetable } of task.lines) {
    let at = timetable.nextAfter(now)
    for (let n = 0; n < NEXT_RUNS && at !== undefined; n++, at = timetable.nextAfter(at)) slots.add(at)
  }
  return [...slots].sort((a, b) => a - b).slice(0, NEXT_RUNS)
}

/** `Ready` and `Stalled` as kstatus reads them; `Stalled` is there only while it is true. */
function conditionsOf(task: Task, status: Status, now: Instant): Condition[] {
  const wanted: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>[] = task.problem
    ? [
        { type: 'Ready', status: 'False', ...task.problem },
        { type: 'Stalled', status: 'True', ...task.problem },
      ]
    : [{ type: 'Ready', status: 'True', ...readiness(task) }]
  const made = wanted.map(condition => {
    const before = status.conditions?.find(({ type }) => type === condition.type)
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : rfc3339(now)
    return { ...condition, lastTransitionTime, observedGeneration: task.generation }
  })
  return [...made, ...(status.conditions ?? []).filter(({ type }) => !OWN_CONDITIONS.has(type))]
}

function readiness(task: Task): { readonly reason: string; readonly message: string } {
  if (task.spec.suspend) return { reason: 'Suspended', message: 'spec.suspend is true: no new runs' }
  if (task.lines.length === 0) return { reason: 'OnRequest', message: 'no schedule: runs when rota.dev/run is set' }
  const lines = task.lines.map(line => `${line.operation} at "${line.timetable.expression}"`).join(', ')
  return { reason: 'Scheduled', message: `${lines} (${task.spec.timeZone})` }
}
