import type { Rule } from '../decision.ts'
import { specKey } from '../run.ts'

/** An edit of what a run stands on (operation, target, account, dry run, limits) ends it; other edits leave it alone. */
export const editedRun: Rule = ({ task }) => {
  const run = task.status.activeRun
  // The wake of a deletion is the last one: only its end lets the task go.
  if (!run || task.deleted !== undefined || run.specKey === undefined || run.specKey === specKey(task.spec))
    return undefined
  const message = 'operation, target, serviceAccountName, dryRun or maxAffected was edited while the run was active'
  return { rule: 'editedRun', do: 'Stop', because: 'SpecChanged', message }
}
