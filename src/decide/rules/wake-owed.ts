import type { Rule } from '../decision.ts'
import { runId } from '../run.ts'
import { timeWithoutSlot } from '../slots.ts'
import { start } from '../start.ts'
import { owedWake } from '../wake-debt.ts'

/** The newest slot is a wake and something still sleeps: after an edit, or because the wake failed. */
export const wakeOwed: Rule = situation => {
  const { task, now } = situation
  const wake = owedWake(task, now)
  if (!wake || wake.at > now) return undefined
  const slotTime = wake.slotTime ?? timeWithoutSlot(task, now)
  const run = {
    id: runId(task.uid, 'wake', 'Schedule', slotTime),
    operation: 'wake',
    reason: 'Schedule',
    slotTime,
    due: wake.at,
  } as const
  return start(situation, 'wakeOwed', run, [], wake.message)
}
