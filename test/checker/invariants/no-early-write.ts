import { activeIn, claimIn, runsOf, stepsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 1: no run is claimed before its slot, and none writes before its claim. Both by the clock that dated them. */
export const noEarlyWrite: Invariant = ({ tasks, writes }) => {
  const violations: Violation[] = []
  for (const life of tasks) {
    for (const step of stepsOf(life)) {
      const run = claimIn(step)
      if (!run || run.reason === 'Request') continue
      if (Date.parse(run.startTime) < Date.parse(run.slotTime)) {
        violations.push({
          invariant: 1,
          about: life.key,
          message: `run ${run.id} of ${run.slotTime} was claimed at ${run.startTime} (version ${step.after.revision}, attempt ${activeIn(step.after)?.attempt})`,
        })
      }
    }
    for (const { active, claim } of runsOf(life)) {
      for (const write of writes) {
        if (write.run !== active.id || write.writer !== 'Rota' || write.received >= claim.received) continue
        // A wake that failed is claimed again, with the same id.
        if (runsOf(life).some(other => other.active.id === active.id && other.claim.received <= write.received))
          continue
        violations.push({
          invariant: 1,
          about: life.key,
          message: `run ${active.id} wrote ${write.target} before it was claimed (request ${write.auditId})`,
        })
      }
    }
  }
  return violations
}
