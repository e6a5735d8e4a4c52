import type { Rule } from '../decision.ts'
import { holdProblem } from '../hold.ts'
import { asItFollows } from '../settle.ts'

/** A task that cannot work runs nothing until it is edited. */
export const stalled: Rule = situation => {
  const { task, now } = situation
  if (task.problem) return asItFollows(situation, 'stalled', task.problem.message)
  const hold = holdProblem(task, now)
  return hold && asItFollows(situation, 'stalled', hold.message, hold.until)
}
