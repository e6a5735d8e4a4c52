import type { Rule } from '../decision.ts'
import { specKey } from '../run.ts'

/** An edit of what a run stands on (operation, target, account) ends it; other edits leave it alone. */
export const editedRun: Rule = ({ task }) => {
  const run = task.status.activeRun
  if (!run || run.specKey === undefined || run.specKey === specKey(task.spec)) return undefined
  const message = 'operation, target or serviceAccountName was edited while the run was active'
  return { rule: 'editedRun', do: 'Stop', because: 'SpecChanged', message }
}
