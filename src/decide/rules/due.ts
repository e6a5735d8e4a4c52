import { targetNamespaces } from '../../api/task.ts'
import { rfc3339, SECOND } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'
import { runId } from '../run.ts'
import { isStateBased, MISSED_LIMIT, olderOwed, owedSlot } from '../slots.ts'
import { start } from '../start.ts'
import { covered } from '../uncovered.ts'
import { missedBefore, notRun } from '../unstarted.ts'

/**
 * The newest owed slot runs, older ones are missed. After the starting deadline it is missed too; a sleep with
 * `wakeSchedule` knows no deadline, since its newest slot says what ought to be the case now.
 */
export const due: Rule = situation => {
  const { task, now } = situation
  if (task.spec.suspend) return undefined
  const slot = owedSlot(task, now)
  if (!slot) return undefined
  const deadline = task.spec.startingDeadlineSeconds
  if (!isStateBased(task) && now > slot.at + deadline * SECOND) {
    const count = Math.min(olderOwed(task, slot, now) + 1, MISSED_LIMIT)
    const message = `not started within ${deadline} s of ${rfc3339(slot.at)}`
    const missed = notRun(task, slot, { result: 'Missed', reason: 'StartingDeadline', message, count })
    return { rule: 'due', do: 'Write', message, events: [missed] }
  }
  const run = {
    id: runId(task.uid, slot.operation, 'Schedule', slot.at),
    operation: slot.operation,
    reason: 'Schedule',
    slotTime: slot.at,
    due: slot.at,
    namespaces: slot.operation === 'wake' ? covered(task) : targetNamespaces(task.spec, task.namespace),
  } as const
  return start(situation, 'due', run, missedBefore(task, slot, now), `the slot of ${rfc3339(slot.at)} is due`)
}
