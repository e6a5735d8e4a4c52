import { rfc3339 } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'
import { isStateBased, nextSlot, owedSlot } from '../slots.ts'
import { missedBefore, notRun } from '../unstarted.ts'

/** While a run is active nothing else starts: a slot that comes due meanwhile is skipped (as `Forbid` of a CronJob). */
export const overlap: Rule = ({ task, now }) => {
  const run = task.status.activeRun
  if (!run || task.spec.suspend || task.deleted !== undefined || isStateBased(task)) return undefined
  const slot = owedSlot(task, now)
  if (!slot) return undefined
  const message = `the slot of ${rfc3339(slot.at)} came due while run ${run.id} was active`
  const skipped = notRun(task, slot, { result: 'Skipped', reason: 'Overlap', message, count: 1 })
  const events = [...missedBefore(task, slot, now), skipped]
  const lookAgain = nextSlot(task, now)
  return { rule: 'overlap', do: 'Write', message, events, ...(lookAgain !== undefined && { lookAgain }) }
}
