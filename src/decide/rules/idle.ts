import { rfc3339 } from '../../lib/instant.ts'
import type { Decision, Situation } from '../decision.ts'
import { quiet } from '../settle.ts'
import { nextDueTimes } from '../slots.ts'

/** Nothing to do; the status says what follows from the task. */
export function idle(situation: Situation): Decision {
  const { task, now } = situation
  const [next] = nextDueTimes(task, now, 1)
  if (next !== undefined) return quiet(situation, 'idle', `not due until ${rfc3339(next)}`)
  const others = task.spec.dependsOn?.map(({ name }) => name).join(', ')
  return quiet(situation, 'idle', others ? `runs after ${others}, or on request` : 'runs on request')
}
