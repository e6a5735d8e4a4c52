import { instantOf, SECOND } from '../../lib/instant.ts'
import { longestPause } from '../backoff.ts'
import type { Rule } from '../decision.ts'
import { asRunRef } from '../run.ts'
import { effortOf } from '../settings.ts'
import { skewedClock } from './skewed-clock.ts'

/** A run that was interrupted this often is not tried again: it is probably what interrupts. */
const MOST_RESUMES = 5

/** The active run is nobody's here: it goes on, its pause honoured, unless it has been interrupted too often or too long. */
export const resumedRun: Rule = situation => {
  const { task, now, world } = situation
  const run = task.status.activeRun
  if (!run || world.working) return undefined
  const skewed = skewedClock(situation)
  if (skewed) return skewed
  const failed = (reason: string, message: string) => {
    const end = { event: 'Ended', result: 'Failed', reason, message, changed: 0, error: message } as const
    return { rule: 'resumedRun', do: 'Write', message, events: [end] } as const
  }
  const effort = effortOf(task.spec, world.settings)
  const pausedUntil = instantOf(run.nextAttemptTime)
  if (pausedUntil !== undefined && world.overtakenBy !== undefined) {
    return failed(
      'Overtaken',
      `between two attempts ${world.overtakenBy}, which has a later slot, worked on the same namespace`,
    )
  }
  if (pausedUntil !== undefined && pausedUntil > now && pausedUntil <= now + longestPause(effort)) return undefined
  if (run.owner !== world.owner) {
    const resumed = run.resumed ?? 0
    if (resumed >= MOST_RESUMES) return failed('Interrupted', `interrupted ${resumed + 1} times: given up`)
    const limit = task.spec.startingDeadlineSeconds + effort.timeoutSeconds
    if (now > (instantOf(run.startTime) ?? now) + limit * SECOND) {
      return failed('Interrupted', `interrupted, and not resumed within ${limit} s of its start`)
    }
  }
  return { rule: 'resumedRun', do: 'Resume', run: asRunRef(run), message: 'goes on' }
}
