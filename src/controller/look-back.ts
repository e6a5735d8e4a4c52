import { FaultError } from '../api/fault.ts'
import type { StatusEvent } from '../decide/events.ts'
import type { Task } from '../decide/task.ts'
import { revertedMessage } from '../operations/advice.ts'
import { callsFor, contextOf, operationOf } from '../runs/prepare.ts'
import type { ControllerParts } from './parts.ts'

/**
 * Looks, in the name of the task's account, whether what its newest run changed is still so. Changes nothing.
 * @throws FaultError when the API server may answer later; what the signal was aborted with
 */
export async function lookedBack(
  parts: ControllerParts,
  task: Task,
  signal: AbortSignal,
): Promise<StatusEvent & { event: 'Looked' }> {
  const { lastChange } = task.status
  const operation = lastChange && operationOf(task, lastChange.operation)
  if (!lastChange || !operation?.undone) return { event: 'Looked' }
  const calls = await callsFor(parts, task, operation, signal)
  const run = contextOf(parts, task, { ...lastChange, slotTime: lastChange.endTime }, 0)
  try {
    const undone = await operation.undone(run, calls)
    if (undone.length === 0) return { event: 'Looked' }
    return { event: 'Looked', reverted: { reason: 'ChangedByOthers', message: revertedMessage(undone) } }
  } catch (error) {
    // Whoever may not look does not know.
    if (error instanceof FaultError && error.fault.class === 'Refused') return { event: 'Looked' }
    throw error
  }
}
