import { rfc3339 } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'
import { dependenciesOf } from '../dependencies.ts'
import { runId } from '../run.ts'
import { owedSlot } from '../slots.ts'
import { start } from '../start.ts'
import { missedBefore } from '../unstarted.ts'

/** The newest owed slot runs; older ones are missed. */
export const due: Rule = situation => {
  const { task, now, world } = situation
  const slot = owedSlot(task, now, world)
  if (!slot || dependenciesOf(task, slot, now, world).verdict !== 'Go') return undefined
  const { operation, reason, at } = slot
  const run = {
    id: runId(task.uid, operation, reason, at),
    operation,
    reason,
    slotTime: at,
    due: slot.due,
  }
  return start(situation, 'due', run, missedBefore(task, slot, now), `the slot of ${rfc3339(at)} is due`)
}
