import { instantOf, rfc3339, SECOND } from '../../lib/instant.ts'
import { isStateBased } from '../armed.ts'
import type { Rule, Situation } from '../decision.ts'
import { asItFollows } from '../settle.ts'
import { nextDueTimes, owedSlot } from '../slots.ts'

/** A run is active: nothing to do until it ends, its pause is over, or a slot comes due. */
export const running: Rule = situation => {
  const { task, now, world } = situation
  const run = task.status.activeRun
  if (!run) return undefined
  const pausedUntil = world.working ? undefined : instantOf(run.nextAttemptTime)
  const looks = [nextDueTimes(task, now, 1)[0], pausedUntil, ...queuedLooks(situation)].filter(at => at !== undefined)
  const message =
    pausedUntil === undefined
      ? `run ${run.id} is active since ${run.startTime}`
      : `run ${run.id} waits for its next attempt at ${rfc3339(pausedUntil)}`
  return asItFollows(situation, 'running', message, looks.length > 0 ? Math.min(...looks) : undefined)
}

/** A slot that waits for the run to end must not wait longer than its deadline. */
function queuedLooks({ task, now, world }: Situation): readonly number[] {
  const queued = isStateBased(task) ? undefined : owedSlot(task, now, world)
  return queued ? [queued.due + task.spec.startingDeadlineSeconds * SECOND + 1] : []
}
