import { rfc3339, SECOND } from '../../lib/instant.ts'
import { isStateBased } from '../armed.ts'
import type { Rule } from '../decision.ts'
import { dependenciesOf } from '../dependencies.ts'
import { MISSED_LIMIT, olderOwed, owedSlot } from '../slots.ts'
import { notRun } from '../unstarted.ts'

/**
 * After the starting deadline a slot is missed, whatever has held it; older ones go with it. A sleep with `wakeSchedule`
 * knows no deadline: its newest slot says what ought to be the case now.
 */
export const late: Rule = ({ task, now, world }) => {
  const deadline = task.spec.startingDeadlineSeconds
  const slot = owedSlot(task, now, world)
  if (!slot || isStateBased(task) || now <= slot.due + deadline * SECOND) return undefined
  const count = Math.min(olderOwed(task, slot, now) + 1, MISSED_LIMIT)
  const verdict = dependenciesOf(task, slot, now, world)
  const held = verdict.verdict === 'Wait' ? verdict.message : world.heldBack?.message
  const message = `not started within ${deadline} s of ${rfc3339(slot.due)}${held ? `: ${held}` : ''}`
  const missed = notRun(task, slot, { result: 'Missed', reason: 'StartingDeadline', message, count })
  return { rule: 'late', do: 'Write', message, events: [missed] }
}
