import type { Instant } from '../lib/instant.ts'
import { sameJson } from '../lib/json.ts'
import { afterOthers } from './after-others.ts'
import type { Decision, Situation } from './decision.ts'
import { fold } from './fold.ts'
import { heldUntil } from './hold.ts'
import { lookBackTime } from './look-back.ts'
import { nextDueTimes, settledUntil } from './slots.ts'
import { uncovered } from './uncovered.ts'
import { owedWake } from './wake-debt.ts'
import { wakeRetryTime } from './wake-retry.ts'

/** Nothing to do, but for a status that no longer says what follows from the task. */
export function asItFollows({ task, now }: Situation, rule: string, message: string, lookAgain?: Instant): Decision {
  const again = lookAgain !== undefined && { lookAgain }
  if (sameJson(fold(task, [], now), task.status)) return { rule, do: 'Nothing', message, ...again }
  return { rule, do: 'Write', message, events: [], ...again }
}

/** Nothing to do until time has passed. */
export function quiet(situation: Situation, rule: string, message: string): Decision {
  const { task, now, world } = situation
  const others = afterOthers(task, now, world)
  const looks = [
    nextDueTimes(task, now, 1)[0],
    heldUntil(task, now),
    owedWake(task, now)?.at,
    uncovered(task).length > 0 ? wakeRetryTime(task, now) : undefined,
    lookBackTime(task, now, world),
    others && others.at > settledUntil(task, now) ? others.due : undefined,
  ].filter(at => at !== undefined && at > now)
  return asItFollows(situation, rule, message, looks.length > 0 ? Math.min(...(looks as Instant[])) : undefined)
}
