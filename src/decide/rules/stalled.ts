import type { Rule } from '../decision.ts'
import { asItFollows } from '../settle.ts'

/** A spec that cannot work runs nothing until it is edited. */
export const stalled: Rule = situation => {
  const { problem } = situation.task
  return problem && asItFollows(situation, 'stalled', problem.message)
}
