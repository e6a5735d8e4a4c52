import { instantOf } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'
import { nextSlot } from '../slots.ts'

/** A run is active: nothing to do until it ends, its pause is over, or a slot comes due. */
export const running: Rule = ({ task, now, world }) => {
  const run = task.status.activeRun
  if (!run) return undefined
  const pausedUntil = world.working ? undefined : instantOf(run.nextAttemptTime)
  const looks = [nextSlot(task, now), pausedUntil].filter(at => at !== undefined)
  const message = pausedUntil === undefined ? `run ${run.id} is active` : `run ${run.id} waits for its next attempt`
  return { rule: 'running', do: 'Nothing', message, ...(looks.length > 0 && { lookAgain: Math.min(...looks) }) }
}
