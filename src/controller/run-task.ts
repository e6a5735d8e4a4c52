import { FaultError } from '../api/fault.ts'
import { WAKE_FINALIZER } from '../api/names.ts'
import type { ActiveRun, OperationName } from '../api/task.ts'
import { nextAttemptTime } from '../decide/backoff.ts'
import type { Decision } from '../decide/decision.ts'
import type { StatusEvent } from '../decide/events.ts'
import { type Effort, effortOf } from '../decide/settings.ts'
import { fallsAsleep } from '../decide/sleeping.ts'
import type { Task } from '../decide/task.ts'
import { finalFailure, type Outcome } from '../execution/outcome.ts'
import { faultSummary } from '../execution/summary.ts'
import { SECOND } from '../lib/instant.ts'
import { sameJson } from '../lib/json.ts'
import { attemptOf } from './attempt-of.ts'
import type { Changes } from './changes.ts'
import type { Choices } from './choices.ts'
import { factsOf } from './facts-of.ts'
import type { Hand } from './hand.ts'
import type { Ledger } from './ledger.ts'
import { withoutLeftovers } from './left-behind.ts'
import type { ControllerParts } from './parts.ts'
import { Telling } from './telling.ts'

interface Parts extends ControllerParts {
  readonly ledger: Ledger
  readonly choices: Choices
  readonly changes: Changes
  /** Aborted when this process must let go of everything. */
  readonly stopping: AbortSignal
}

/** One turn of a worker: claim or resume, make one attempt, record it or note when the next one is due. */
export async function runTask(
  parts: Parts,
  task: Task,
  decision: Decision & { do: 'Start' | 'Resume' },
  hand: Hand,
): Promise<void> {
  const { store, clock, emit, settings } = parts
  const about = { task: task.key, run: decision.run.id, operation: decision.run.operation }
  if (!(await taken(parts, task, decision))) return
  const owned = store.get(task.key)
  const run = owned?.status.activeRun
  if (!owned || !run || run.id !== decision.run.id) return
  if (decision.do === 'Start') {
    const latenessSeconds = Math.max(0, (clock.now() - decision.run.due) / SECOND)
    for (const fact of factsOf(task, decision.events, clock.now())) emit(fact)
    emit({ fact: 'Claimed', ...about, latenessSeconds, reason: run.reason })
  } else emit({ fact: 'Resumed', ...about, resumed: run.resumed ?? 0 })

  const effort = effortOf(owned.spec, settings)
  emit({ fact: 'Attempting', ...about, attempt: run.attempt, attempts: effort.attempts })
  const outcome = await attempted(parts, owned, hand, effort.timeoutSeconds)
  await concluded(parts, owned, hand, outcome, effort)
}

/** Makes the run ours: only who wrote its `owner` works on it. The claim is what makes a run happen once. */
async function taken(parts: Parts, task: Task, decision: Decision & { do: 'Start' | 'Resume' }): Promise<boolean> {
  const { ledger, owner, store, holds } = parts
  const { run } = decision
  if (decision.do === 'Resume') {
    if (task.status.activeRun?.owner !== owner) return wrote(parts, task, [{ event: 'Resumed', owner }])
    // No write begins a further attempt of ours: it may have ended by one of which we know only that nobody answered.
    await ledger.refresh(task)
    return holds() && store.get(task.key)?.status.activeRun?.owner === owner
  }
  const keeps = fallsAsleep(task, run) && task.spec.operation.sleep?.onDelete !== 'Leave'
  if (keeps && !task.finalizers.includes(WAKE_FINALIZER)) {
    if ((await ledger.addFinalizer(task)) === 'Lost') return false
  }
  const latest = store.get(task.key)
  if (!latest || latest.uid !== task.uid) return false
  // What came in while the finalizer was written (a cancel, an edit, a deletion) has to be decided first.
  const undecided = latest.generation !== task.generation || !sameJson(latest.requests, task.requests)
  if (undecided || latest.deleted !== task.deleted || !sameJson(latest.status, task.status)) return false
  return wrote(parts, latest, [...decision.events, { event: 'Claimed', run, owner }])
}

/** A write whose answer is lost may have been done: the task itself tells. */
async function wrote(
  { ledger, store, owner, holds }: Parts,
  task: Task,
  events: readonly StatusEvent[],
): Promise<boolean> {
  if (!holds()) return false
  try {
    return (await ledger.write(task, events)) === 'Done'
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    await ledger.refresh(task)
    if (store.get(task.key)?.status.activeRun?.owner === owner) return true
    throw error
  }
}

/** An attempt that tells how far it is: not more often than people look. */
async function attempted(parts: Parts, task: Task, hand: Hand, timeoutSeconds: number): Promise<Outcome> {
  const run = task.status.activeRun
  if (!run) return finalFailure('InternalError', 'there is no run')
  const telling = new Telling(parts, hand)
  try {
    return await attemptOf(parts, task, run, hand, timeoutSeconds, says => telling.tell(says))
  } catch (error) {
    return interrupted(error, hand)
  } finally {
    await telling.end()
  }
}

/** What comes after the attempt itself may fail too: verifying, and choosing namespaces. */
function interrupted(error: unknown, hand: Hand): Outcome {
  if (hand.abort.signal.aborted) return { result: 'Stopped', message: 'it was ended', output: '', changed: 0 }
  if (error instanceof FaultError) return finalFailure(error.fault.reason, faultSummary([error.fault]))
  throw error
}

async function concluded(parts: Parts, task: Task, hand: Hand, outcome: Outcome, effort: Effort): Promise<void> {
  const { emit, ledger, owner, store } = parts
  const attempt = task.status.activeRun?.attempt ?? 1
  const facts = about(task, hand)
  const { message } = outcome
  if (outcome.result === 'Stopped' && (hand.ending === 'Shutdown' || hand.ending === undefined)) {
    return emit({ fact: 'Left', ...facts, message: `left to be resumed: ${message}` })
  }
  /** Only while the run is still ours; once it is not, somebody else has the last word. */
  const record = (make: (active: ActiveRun) => readonly StatusEvent[] | undefined) =>
    ledger.insist(
      task.key,
      latest => {
        const run = latest.status.activeRun
        return run?.id === hand.run && run.owner === owner ? make(run) : undefined
      },
      parts.stopping,
    )
  const again =
    (outcome.result === 'Failed' || outcome.result === 'TimedOut') && outcome.retry && attempt < effort.attempts
  if (again) {
    const at = nextAttemptTime(effort, hand.run, attempt, parts.time(), outcome.retryAfter)
    const nextAttemptSeconds = (at - parts.time()) / SECOND
    emit({ fact: 'Attempted', ...facts, attempt, outcome: outcome.result, message, nextAttemptSeconds })
    const said = `attempt ${attempt} of ${effort.attempts}: ${message}`
    // Written, and the answer lost: to write it once more would be news of a run that may have to end by now.
    const next = { event: 'AttemptFailed', nextAttempt: attempt + 1, nextAttemptTime: at, message: said } as const
    await record(active => (active.attempt === attempt ? [next] : undefined))
    return
  }
  emit({ fact: 'Attempted', ...facts, attempt, outcome: outcome.result, message })
  const run = task.status.activeRun
  const said =
    run && outcome.result !== 'Succeeded' ? await withoutLeftovers(parts, task, run, message, parts.stopping) : message
  const ended = endedBy({ ...outcome, message: said }, hand)
  await record(() => ended)
  parts.changes.forget(task.key)
  // Still active: another process has taken it over, and its end is for that one to tell.
  if (store.get(task.key)?.status.activeRun?.id === hand.run) return
  for (const fact of factsOf(task, ended, parts.time())) emit(fact)
}

function endedBy(outcome: Outcome, hand: Hand): readonly StatusEvent[] {
  const { message, output, changed, asleep } = outcome
  const done = { event: 'Ended', output, changed, ...(asleep !== undefined && { asleep }) } as const
  if (outcome.result === 'Succeeded') return [{ ...done, result: 'Succeeded', reason: 'Completed', message }]
  if (outcome.result !== 'Stopped') {
    return [{ ...done, result: outcome.result, reason: outcome.reason, message, error: outcome.error }]
  }
  const ending =
    typeof hand.ending === 'object' ? hand.ending : { because: 'Requested' as const, message: 'it was ended' }
  const cancelled = {
    ...done,
    result: 'Cancelled',
    reason: ending.because,
    message: `cancelled: ${ending.message}; ${message}`,
  } as const
  return ending.handled === undefined ? [cancelled] : [cancelled, { event: 'Handled', cancel: ending.handled }]
}

function about(task: Task, hand: Hand): { task: string; run: string; operation: OperationName } {
  return { task: task.key, run: hand.run, operation: hand.operation }
}
