import { breakerProblem } from '../breaker.ts'
import type { Rule } from '../decision.ts'
import { quiet } from '../settle.ts'

/** `spec.suspendAfterFailures`: too many failures in a row, nothing but wakes is scheduled. */
export const broken: Rule = situation => {
  const problem = breakerProblem(situation.task)
  return problem && quiet(situation, 'broken', problem.message)
}
