import type { Instant } from '../lib/instant.ts'
import { sameJson } from '../lib/json.ts'
import type { Decision, Situation } from './decision.ts'
import { fold } from './fold.ts'

/** Nothing to do, but for a status that no longer says what follows from the task. */
export function asItFollows({ task, now }: Situation, rule: string, message: string, lookAgain?: Instant): Decision {
  const again = lookAgain !== undefined && { lookAgain }
  if (sameJson(fold(task, [], now), task.status)) return { rule, do: 'Nothing', message, ...again }
  return { rule, do: 'Write', message, events: [], ...again }
}
