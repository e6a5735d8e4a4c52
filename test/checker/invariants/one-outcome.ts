import type { HistoryEntry } from '../../../src/api/task.ts'
import type { TaskLife } from '../evidence.ts'
import { activeIn, claimIn, type Step, stepsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 2: each run that was claimed ends with one record, and nothing that has a record runs once more. */
export const oneOutcome: Invariant = ({ tasks }) => tasks.flatMap(outcomes)

function outcomes(life: TaskLife): readonly Violation[] {
  const violations: Violation[] = []
  const say = (message: string) => void violations.push({ invariant: 2, about: life.key, message })
  const recorded = new Map<string, HistoryEntry>()
  for (const step of stepsOf(life)) {
    for (const entry of newEntries(step)) {
      const older = recorded.get(entry.id)
      if (older && !mayRunAgain(older)) {
        say(`run ${entry.id} of ${entry.slotTime} is recorded twice: ${older.result}, then ${entry.result}`)
      }
      recorded.set(entry.id, entry)
    }
    const claimed = claimIn(step)
    const done = claimed && recorded.get(claimed.id)
    if (done && !mayRunAgain(done)) say(`run ${claimed.id} of ${claimed.slotTime} was claimed after its ${done.result}`)

    const was = activeIn(step.before)
    const goesOn = activeIn(step.after)?.id === was?.id && !claimed
    if (!was || goesOn || keepsNone(step)) continue
    if (!newEntries(step).some(({ id }) => id === was.id)) {
      say(`run ${was.id} of ${was.slotTime} is gone without a record (version ${step.after.revision})`)
    }
  }
  return violations
}

/** What a step has put on top of the history. */
export function newEntries({ before, after }: Step): readonly HistoryEntry[] {
  const old = new Set(before.task.status?.history?.map(sameness))
  return (after.task.status?.history ?? []).filter(entry => !old.has(sameness(entry)))
}

/** A failed wake has the same id each time, and another start. */
function sameness({ id, startTime = '', result, slotTime }: HistoryEntry): string {
  return `${id} ${startTime} ${result} ${slotTime}`
}

/** A wake of a state stays owed until it has succeeded. */
function mayRunAgain({ operation, result }: HistoryEntry): boolean {
  return operation === 'wake' && result !== 'Succeeded'
}

/** A history of no entries, or one that has been cut for its size, shows nothing. */
function keepsNone({ after }: Step): boolean {
  return after.task.spec.historyLimit === 0
}
