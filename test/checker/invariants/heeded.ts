import type { Spec } from '../../../src/api/task.ts'
import type { TaskLife } from '../evidence.ts'
import { claimIn, ongoingIn, type Step, stepsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** A run's id as a token cancels only that run. */
const RUN_ID = /^[0-9a-f]{16}$/

/** 15: no run goes on once Rota has written that it has seen a cancel, or an edit of what the run stands on. */
export const heeded: Invariant = ({ tasks }) => tasks.flatMap(life => [...afterCancels(life), ...afterEdits(life)])

function afterCancels(life: TaskLife): readonly Violation[] {
  return stepsOf(life).flatMap(step => {
    const ongoing = ongoingIn(step)
    const [old, token] = [step.before, step.after].map(({ task }) => task.status?.handled?.cancel)
    if (!ongoing || token === undefined || token === old) return []
    const { id } = ongoing.now
    if (RUN_ID.test(token) && token !== id) return []
    const message = `cancel ${token} was answered, and run ${id} goes on (version ${step.after.revision})`
    return [{ invariant: 15, about: life.key, message }]
  })
}

/** `observedGeneration` says what has been seen; the wake of a deletion is not ended by edits. */
function afterEdits(life: TaskLife): readonly Violation[] {
  let stands = ''
  return stepsOf(life).flatMap(step => {
    const { metadata, spec, status } = step.after.task
    if (claimIn(step)) stands = foundationOf(spec)
    const isSeen = status?.observedGeneration === metadata.generation && onlyLooked(step)
    const goesOn = ongoingIn(step) && !metadata.deletionTimestamp
    if (!goesOn || !isSeen || stands === '' || foundationOf(spec) === stands) return []
    const message = `generation ${metadata.generation} was seen, and run ${status?.activeRun?.id} goes on (version ${step.after.revision})`
    return [{ invariant: 15, about: life.key, message }]
  })
}

/** The end of an attempt, and how far it is, may still be told in between. */
function onlyLooked({ before, after }: Step): boolean {
  const [then, now] = [before.task.status, after.task.status]
  const isNews = then?.observedGeneration !== now?.observedGeneration
  return isNews && then?.activeRun?.attempt === now?.activeRun?.attempt && then?.lastMessage === now?.lastMessage
}

function foundationOf({ operation, target, serviceAccountName }: Spec): string {
  return JSON.stringify([operation, target, serviceAccountName])
}
