import type { Condition, Phase, Status } from '../api/task.ts'
import { type Instant, rfc3339 } from '../lib/instant.ts'
import { localTime } from '../schedule/local-time.ts'
import { scheduleInForce, stall } from './armed.ts'
import { heldUntil } from './hold.ts'
import type { Problem } from './read-spec.ts'
import { canBeUndone } from './reverted.ts'
import { nextDueTimes } from './slots.ts'
import type { Task } from './task.ts'

const NEXT_RUNS = 5
/** Conditions of other types are a newer version's: they are carried over. */
const OWN_CONDITIONS: ReadonlySet<string> = new Set(['Ready', 'Stalled', 'Reconciling'])

/** The fields of status that follow from the task and the rest of its status. */
export function derived(task: Task, waiting: string | undefined, now: Instant): Partial<Status> {
  const { status } = task
  const problem = stall(task, now)
  const held = heldUntil(task, now)
  const next = nextDueTimes(task, now, NEXT_RUNS)
  return {
    observedGeneration: task.generation,
    runCount: status.runCount ?? 0,
    errorCount: status.errorCount ?? 0,
    missedCount: status.missedCount ?? 0,
    consecutiveFailures: status.consecutiveFailures ?? 0,
    phase: phaseOf(task, problem, waiting, held),
    schedule: scheduleInForce(task, now),
    conditions: conditionsOf(task, problem, held, now),
    ...(held !== undefined && { holdUntil: rfc3339(held) }),
    ...(next[0] !== undefined && {
      nextRunTime: rfc3339(next[0]),
      nextRuns: next.map(at => localTime(at, task.spec.timeZone)),
    }),
    ...(waiting !== undefined && { lastMessage: waiting }),
  }
}

function phaseOf(
  task: Task,
  problem: Problem | undefined,
  waiting: string | undefined,
  held: Instant | undefined,
): Phase {
  if (problem) return 'Stalled'
  if (task.status.activeRun) return 'Running'
  if (waiting !== undefined) return 'Waiting'
  if (task.spec.suspend || held !== undefined) return 'Suspended'
  return task.lines.length > 0 ? 'Scheduled' : 'Idle'
}

/** `Ready` and `Stalled` as kstatus reads them; `Stalled` is there only while it is true. */
function conditionsOf(task: Task, problem: Problem | undefined, held: Instant | undefined, now: Instant): Condition[] {
  const { conditions = [] } = task.status
  const wanted: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>[] = problem
    ? [
        { type: 'Ready', status: 'False', ...words(problem) },
        { type: 'Stalled', status: 'True', ...words(problem) },
      ]
    : [{ type: 'Ready', status: 'True', ...readiness(task, held) }]
  const made = wanted.map(condition => {
    const before = conditions.find(({ type }) => type === condition.type)
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : rfc3339(now)
    return { ...condition, lastTransitionTime, observedGeneration: task.generation }
  })
  const others = conditions.filter(
    ({ type }) => !OWN_CONDITIONS.has(type) && (type !== 'Reverted' || canBeUndone(task.operation)),
  )
  return [...made, ...others]
}

function words({ reason, message }: Problem): Problem {
  return { reason, message }
}

/** What makes it run, or keeps it from that, as long as nothing is wrong with it. */
export function readiness({ spec, lines }: Task, held: Instant | undefined): Problem {
  if (spec.suspend) return { reason: 'Suspended', message: 'spec.suspend is true: no new runs' }
  if (held !== undefined) return { reason: 'Held', message: `no scheduled runs until ${rfc3339(held)}` }
  if (lines.length > 0) {
    const when = lines.map(({ operation, expression }) => `${operation} at "${expression}"`).join(', ')
    return { reason: 'Scheduled', message: `${when} (${spec.timeZone})` }
  }
  if (spec.dependsOn) {
    const names = spec.dependsOn.map(({ name }) => name).join(', ')
    return { reason: 'AfterOthers', message: `no schedule: runs after ${names}, or when rota.dev/run is set` }
  }
  return { reason: 'OnRequest', message: 'no schedule: runs when rota.dev/run is set' }
}
