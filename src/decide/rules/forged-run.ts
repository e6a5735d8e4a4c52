import type { Rule } from '../decision.ts'
import { isGenuine } from '../run.ts'

/** An `activeRun` that Rota did not write for this task (copied or edited by hand) is refused, never carried out. */
export const forgedRun: Rule = ({ task }) => {
  const run = task.status.activeRun
  if (!run || isGenuine(task, run)) return undefined
  const message = `status.activeRun.id ${run.id} does not follow from the run's own fields: refused`
  const end = {
    event: 'Ended',
    result: 'Failed',
    reason: 'InvalidActiveRun',
    message,
    changed: 0,
    error: message,
  } as const
  return { rule: 'forgedRun', do: 'Write', message, events: [end] }
}
