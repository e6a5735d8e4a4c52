import { SECOND } from '../../lib/instant.ts'
import { isStateBased } from '../armed.ts'
import type { Rule } from '../decision.ts'
import { dependenciesOf } from '../dependencies.ts'
import { nextDueTimes, owedSlot } from '../slots.ts'
import { waits } from '../start.ts'

/** `dependsOn`: a slot waits until all that come first have ended, or for its deadline. */
export const awaitsOthers: Rule = situation => {
  const { task, now, world } = situation
  const slot = owedSlot(task, now, world)
  const outcome = slot && dependenciesOf(task, slot, now, world)
  if (!slot || outcome?.verdict !== 'Wait') return undefined
  const deadline = isStateBased(task) ? undefined : slot.due + task.spec.startingDeadlineSeconds * SECOND + 1
  const looks = [deadline, nextDueTimes(task, now, 1)[0]].filter(at => at !== undefined)
  return waits(situation, 'awaitsOthers', slot.due, outcome.message, looks)
}
