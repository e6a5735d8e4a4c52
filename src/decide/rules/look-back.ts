import type { Rule } from '../decision.ts'
import { lookBackTime } from '../look-back.ts'

/** A while after a run changed something: has somebody undone it? */
export const lookBack: Rule = ({ task, now, world }) => {
  const at = lookBackTime(task, now, world)
  if (at === undefined || at > now || task.status.activeRun) return undefined
  return { rule: 'lookBack', do: 'Look', message: 'looks whether what the last run did lasts' }
}
