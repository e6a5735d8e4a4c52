import { rfc3339 } from '../../lib/instant.ts'
import { isStateBased } from '../armed.ts'
import type { Rule } from '../decision.ts'
import { nextDueTimes, owedSlot } from '../slots.ts'
import { missedBefore, notRun, olderAsOne } from '../unstarted.ts'

/**
 * `concurrencyPolicy`: a slot comes due while a run is active. Forbid skips it; Queue lets the newest one wait; Replace
 * ends the active run, and the slot is next. A state needs no policy: there the newest slot takes over.
 */
export const overlap: Rule = ({ task, now, world }) => {
  const run = task.status.activeRun
  if (!run || task.deleted !== undefined || isStateBased(task)) return undefined
  const slot = owedSlot(task, now, world)
  if (!slot) return undefined
  const at = rfc3339(slot.at)
  const policy = task.spec.concurrencyPolicy
  if (policy === 'Forbid') {
    const message = `the slot of ${at} came due while run ${run.id} was active`
    const skipped = notRun(task, slot, { result: 'Skipped', reason: 'Overlap', message, count: 1 })
    const [next] = nextDueTimes(task, now, 1)
    const events = [...missedBefore(task, slot, now), skipped]
    return { rule: 'overlap', do: 'Write', message, events, ...(next !== undefined && { lookAgain: next }) }
  }
  const superseded = olderAsOne(task, slot, now, slots => ({
    result: 'Skipped',
    reason: 'Superseded',
    message: `${slots} waited for run ${run.id}, until the slot of ${at} came due`,
  }))
  if (superseded.length > 0)
    return { rule: 'overlap', do: 'Write', message: `the slot of ${at} waits`, events: superseded }
  if (policy === 'Queue') return undefined
  return { rule: 'overlap', do: 'Stop', because: 'Replaced', message: `the slot of ${at} replaces it` }
}
