import type { Rule } from '../decision.ts'
import { newToken } from '../requests.ts'

/** `rota.dev/wake` ends an active sleep; the wake comes next. */
export const wokenRun: Rule = ({ task }) => {
  const token = newToken(task, 'wake')
  if (token === undefined || task.status.activeRun?.operation !== 'sleep' || task.problem) return undefined
  return { rule: 'wokenRun', do: 'Stop', because: 'WakeRequested', message: `a wake was requested by ${token}` }
}
