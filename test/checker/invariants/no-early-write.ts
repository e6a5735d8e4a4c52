import type { Evidence, TaskLife } from '../evidence.ts'
import { activeIn, claimIn, type Run, runsOf, stepsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 1: no run is claimed before its slot, and none writes before its claim. Both by the clock that dated them. */
export const noEarlyWrite: Invariant = evidence => [...evidence.tasks.flatMap(earlyClaims), ...earlyWrites(evidence)]

function earlyClaims(life: TaskLife): readonly Violation[] {
  return stepsOf(life).flatMap(step => {
    const run = claimIn(step)
    if (!run || run.reason === 'Request' || Date.parse(run.startTime) >= Date.parse(run.slotTime)) return []
    const version = `version ${step.after.revision}, attempt ${activeIn(step.after)?.attempt}`
    const message = `run ${run.id} of ${run.slotTime} was claimed at ${run.startTime} (${version})`
    return [{ invariant: 1, about: life.key, message }]
  })
}

function earlyWrites({ tasks, writes }: Evidence): readonly Violation[] {
  // A wake that failed is claimed again, with the same id: the first claim counts.
  const claimed = new Map<string, Run>()
  for (const run of tasks.flatMap(runsOf)) if (!claimed.has(run.active.id)) claimed.set(run.active.id, run)
  return writes.flatMap(({ writer, run = '', received, target, auditId }) => {
    const mine = claimed.get(run)
    if (writer !== 'Rota' || !mine || received >= mine.claim.received) return []
    const message = `run ${run} wrote ${target} before it was claimed (request ${auditId})`
    return [{ invariant: 1, about: mine.life.key, message }]
  })
}
