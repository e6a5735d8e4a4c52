import type { Rule } from '../decision.ts'
import type { StatusEvent } from '../events.ts'
import { namesOtherRun, newToken } from '../requests.ts'
import { runId } from '../run.ts'
import { owedSlot } from '../slots.ts'
import { missedBefore, notRun, notRunRequest } from '../unstarted.ts'

/** `rota.dev/cancel` with nothing active: cancels what waits to start, else it is consumed without effect. */
export const cancelledBeforeStart: Rule = ({ task, now, world }) => {
  const token = newToken(task, 'cancel')
  if (token === undefined) return undefined
  const handled: StatusEvent = { event: 'Handled', cancel: token }
  const write = (message: string, events: readonly StatusEvent[]) =>
    ({ rule: 'cancelledBeforeStart', do: 'Write', message, events: [...events, handled] }) as const
  const message = `cancelled by request ${token} before it started`
  const ending = { result: 'Cancelled', reason: 'Requested', message, count: 1 } as const

  for (const name of ['wake', 'run'] as const) {
    const request = newToken(task, name)
    const operation = name === 'wake' ? 'wake' : task.operation
    if (request === undefined || namesOtherRun(token, runId(task.uid, operation, 'Request', request))) continue
    return write(message, notRunRequest(task, operation, { name, token: request }, now, ending))
  }
  const slot = owedSlot(task, now, world)
  if (slot && !namesOtherRun(token, runId(task.uid, slot.operation, slot.reason, slot.at))) {
    return write(message, [...missedBefore(task, slot, now), notRun(task, slot, ending)])
  }
  return write(`nothing to cancel for request ${token}`, [])
}
