import type { Decision, Rule, Situation } from './decision.ts'
import { cancelledBeforeStart } from './rules/cancelled-before-start.ts'
import { cancelledRun } from './rules/cancelled-run.ts'
import { deleted } from './rules/deleted.ts'
import { due } from './rules/due.ts'
import { editedRun } from './rules/edited-run.ts'
import { forgedRun } from './rules/forged-run.ts'
import { idle } from './rules/idle.ts'
import { leftBehind } from './rules/left-behind.ts'
import { overlap } from './rules/overlap.ts'
import { release } from './rules/release.ts'
import { requested } from './rules/requested.ts'
import { resumedRun } from './rules/resumed-run.ts'
import { running } from './rules/running.ts'
import { skewedClock } from './rules/skewed-clock.ts'
import { stalled } from './rules/stalled.ts'
import { supersededRun } from './rules/superseded-run.ts'
import { unobserved } from './rules/unobserved.ts'
import { wakeOwed } from './rules/wake-owed.ts'

/** Whether a task runs, in the order in which the questions are asked; the first rule with an answer decides. */
const RULES: readonly Rule[] = [
  // A run is active: may it go on?
  forgedRun,
  deleted,
  cancelledRun,
  editedRun,
  supersededRun,
  resumedRun,
  unobserved,
  overlap,
  running,
  // Nothing is active: may one start?
  stalled,
  skewedClock,
  cancelledBeforeStart,
  due,
  requested,
  leftBehind,
  wakeOwed,
  release,
]

/** Whether and what to do about a task now. Pure: the same situation always gives the same decision. */
export function decide(situation: Situation): Decision {
  for (const rule of RULES) {
    const decision = rule(situation)
    if (decision) return decision
  }
  return idle(situation)
}
