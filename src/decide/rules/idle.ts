import type { Decision, Situation } from '../decision.ts'
import { asItFollows } from '../settle.ts'
import { nextSlot } from '../slots.ts'
import { uncovered } from '../uncovered.ts'
import { owedWake } from '../wake-debt.ts'
import { wakeRetryTime } from '../wake-retry.ts'

/** Nothing to do; the status says what follows from the task. */
export function idle(situation: Situation): Decision {
  const { task, now } = situation
  const looks = [
    task.spec.suspend ? undefined : nextSlot(task, now),
    owedWake(task, now)?.at,
    uncovered(task).length > 0 ? wakeRetryTime(task) : undefined,
  ].filter(at => at !== undefined)
  return asItFollows(situation, 'idle', 'nothing is due', looks.length > 0 ? Math.min(...looks) : undefined)
}
