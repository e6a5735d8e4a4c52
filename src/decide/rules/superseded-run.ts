import { instantOf, rfc3339 } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'
import { isStateBased, newestSlot } from '../slots.ts'

/** A sleep with `wakeSchedule` is a state: a run whose slot is no longer the newest has no more to say. */
export const supersededRun: Rule = ({ task, now }) => {
  const run = task.status.activeRun
  if (!run || !isStateBased(task) || task.spec.suspend) return undefined
  const newest = newestSlot(task, now)
  if (!newest || newest.at <= (instantOf(run.slotTime) ?? now)) return undefined
  const message = `the ${newest.operation} of ${rfc3339(newest.at)} is newer`
  return { rule: 'supersededRun', do: 'Stop', because: 'Superseded', message }
}
