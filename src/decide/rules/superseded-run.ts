import { instantOf, rfc3339 } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'
import { isStateBased, owedSlot } from '../slots.ts'

/** A sleep with `wakeSchedule` is a state: a run whose slot is no longer the newest has no more to say; slots that are not owed say nothing. */
export const supersededRun: Rule = ({ task, now }) => {
  const run = task.status.activeRun
  if (!run || !isStateBased(task) || task.spec.suspend || task.deleted !== undefined) return undefined
  const newest = owedSlot(task, now)
  if (!newest || newest.at <= (instantOf(run.slotTime) ?? now)) return undefined
  const message = `the ${newest.operation} of ${rfc3339(newest.at)} is newer`
  return { rule: 'supersededRun', do: 'Stop', because: 'Superseded', message }
}
