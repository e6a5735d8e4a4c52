import { instantOf, rfc3339 } from '../../lib/instant.ts'
import { isStateBased } from '../armed.ts'
import type { Rule } from '../decision.ts'
import { owedSlot } from '../slots.ts'

/** A sleep with `wakeSchedule` is a state: a run whose slot is no longer the newest has no more to say; slots that are not owed say nothing. */
export const supersededRun: Rule = ({ task, now, world }) => {
  const run = task.status.activeRun
  if (!run || !isStateBased(task) || task.deleted !== undefined) return undefined
  const newest = owedSlot(task, now, world)
  if (!newest || newest.at <= (instantOf(run.slotTime) ?? now)) return undefined
  const message = `the ${newest.operation} of ${rfc3339(newest.at)} is newer`
  return { rule: 'supersededRun', do: 'Stop', because: 'Superseded', message }
}
