import type { Evidence, TaskLife } from '../evidence.ts'
import { activeIn, claimIn, runsOf, stepsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 1: no run is claimed before its slot, and none writes before its claim. Both by the clock that dated them. */
export const noEarlyWrite: Invariant = ({ tasks, writes }) =>
  tasks.flatMap(life => [...earlyClaims(life), ...earlyWrites(life, writes)])

function earlyClaims(life: TaskLife): readonly Violation[] {
  return stepsOf(life).flatMap(step => {
    const run = claimIn(step)
    if (!run || run.reason === 'Request' || Date.parse(run.startTime) >= Date.parse(run.slotTime)) return []
    const version = `version ${step.after.revision}, attempt ${activeIn(step.after)?.attempt}`
    const message = `run ${run.id} of ${run.slotTime} was claimed at ${run.startTime} (${version})`
    return [{ invariant: 1, about: life.key, message }]
  })
}

function earlyWrites(life: TaskLife, writes: Evidence['writes']): readonly Violation[] {
  // A wake that failed is claimed again, with the same id: the first claim counts.
  const claimed = new Map(
    runsOf(life)
      .toReversed()
      .map(({ active, claim }) => [active.id, claim.received]),
  )
  return writes
    .filter(({ writer, run = '', received }) => writer === 'Rota' && received < (claimed.get(run) ?? 0))
    .map(({ run, target, auditId }) => {
      const message = `run ${run} wrote ${target} before it was claimed (request ${auditId})`
      return { invariant: 1, about: life.key, message }
    })
}
