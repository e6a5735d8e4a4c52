import type { Rule } from '../decision.ts'
import { namesOtherRun, newToken } from '../requests.ts'

/** `rota.dev/cancel` ends the active run; with another run's id as token it is consumed without effect. */
export const cancelledRun: Rule = ({ task }) => {
  const token = newToken(task, 'cancel')
  const run = task.status.activeRun
  if (token === undefined || !run) return undefined
  if (namesOtherRun(token, run.id)) {
    const message = `run ${token}, which was to be cancelled, is not active`
    return { rule: 'cancelledRun', do: 'Write', message, events: [{ event: 'Handled', cancel: token }] }
  }
  return {
    rule: 'cancelledRun',
    do: 'Stop',
    because: 'Requested',
    message: `requested by ${token}`,
    handled: token,
  }
}
