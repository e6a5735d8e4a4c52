import type { Decision, Rule, Situation } from './decision.ts'
import { awaitsOthers } from './rules/awaits-others.ts'
import { broken } from './rules/broken.ts'
import { cached } from './rules/cached.ts'
import { cancelledBeforeStart } from './rules/cancelled-before-start.ts'
import { cancelledRun } from './rules/cancelled-run.ts'
import { deleted } from './rules/deleted.ts'
import { dependencyFailed } from './rules/dependency-failed.ts'
import { due } from './rules/due.ts'
import { editedRun } from './rules/edited-run.ts'
import { forgedRun } from './rules/forged-run.ts'
import { held } from './rules/held.ts'
import { idle } from './rules/idle.ts'
import { late } from './rules/late.ts'
import { leaving } from './rules/leaving.ts'
import { leftBehind } from './rules/left-behind.ts'
import { lookBack } from './rules/look-back.ts'
import { overlap } from './rules/overlap.ts'
import { release } from './rules/release.ts'
import { requested } from './rules/requested.ts'
import { resumedRun } from './rules/resumed-run.ts'
import { running } from './rules/running.ts'
import { skewedClock } from './rules/skewed-clock.ts'
import { stalled } from './rules/stalled.ts'
import { supersededRun } from './rules/superseded-run.ts'
import { suspended } from './rules/suspended.ts'
import { unobserved } from './rules/unobserved.ts'
import { wakeOwed } from './rules/wake-owed.ts'
import { wakeRequested } from './rules/wake-requested.ts'
import { wokenRun } from './rules/woken-run.ts'

/** Whether a task runs, in the order in which the questions are asked; the first rule with an answer decides. */
const RULES: readonly Rule[] = [
  // A run is active: may it go on?
  forgedRun,
  deleted,
  leaving,
  cancelledRun,
  editedRun,
  wokenRun,
  unobserved,
  // From here on the time counts.
  skewedClock,
  supersededRun,
  resumedRun,
  late,
  overlap,
  running,
  // Nothing is active: may one start?
  stalled,
  cancelledBeforeStart,
  wakeRequested,
  dependencyFailed,
  cached,
  due,
  requested,
  leftBehind,
  wakeOwed,
  release,
  lookBack,
  // Nothing is to be done: why not?
  awaitsOthers,
  suspended,
  held,
  broken,
]

/** Whether and what to do about a task now. Pure: the same situation always gives the same decision. */
export function decide(situation: Situation): Decision {
  for (const rule of RULES) {
    const decision = rule(situation)
    if (decision) return decision
  }
  return idle(situation)
}
