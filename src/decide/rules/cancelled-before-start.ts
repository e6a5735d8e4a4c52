import type { Rule } from '../decision.ts'
import type { StatusEvent } from '../events.ts'
import { namesOtherRun, newCancel, newRequest } from '../requests.ts'
import { runId } from '../run.ts'
import { owedSlot } from '../slots.ts'
import { missedBefore, notRun } from '../unstarted.ts'

/** `rota.dev/cancel` with nothing active: cancels what waits to start, else it is consumed without effect. */
export const cancelledBeforeStart: Rule = ({ task, now }) => {
  const token = newCancel(task)
  if (token === undefined) return undefined
  const handled: StatusEvent = { event: 'Handled', cancel: token }
  const write = (message: string, events: readonly StatusEvent[]) =>
    ({ rule: 'cancelledBeforeStart', do: 'Write', message, events: [...events, handled] }) as const
  const message = `cancelled by request ${token} before it started`
  const ending = { result: 'Cancelled', reason: 'Requested', message, count: 1 } as const

  const request = newRequest(task)
  if (request !== undefined) {
    const id = runId(task.uid, task.operation, 'Request', request)
    if (!namesOtherRun(token, id)) {
      const cancelled = {
        event: 'NotRun',
        id,
        operation: task.operation,
        runReason: 'Request',
        slotTime: now,
        ...ending,
      } as const
      return write(message, [cancelled, { event: 'Handled', run: request }])
    }
  }
  const slot = task.spec.suspend ? undefined : owedSlot(task, now)
  if (slot && !namesOtherRun(token, runId(task.uid, slot.operation, 'Schedule', slot.at))) {
    return write(message, [...missedBefore(task, slot, now), notRun(task, slot, ending)])
  }
  return write(`nothing to cancel for request ${token}`, [])
}
