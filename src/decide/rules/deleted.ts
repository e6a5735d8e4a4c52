import { WAKE_FINALIZER } from '../../api/names.ts'
import type { Rule } from '../decision.ts'
import { hasTriedLastWake, lastWake } from '../last-wake.ts'
import { holdsAsleep } from '../parting.ts'

/** A task that is being deleted wakes what it put to sleep, once, and then lets go. */
export const deleted: Rule = situation => {
  const { task } = situation
  if (task.deleted === undefined) return undefined
  const { activeRun, sleeping, lastMessage } = task.status
  if (activeRun) {
    if (activeRun.operation === 'wake') return undefined
    return { rule: 'deleted', do: 'Stop', because: 'Deleted', message: 'the task is being deleted' }
  }
  if (!task.finalizers.includes(WAKE_FINALIZER)) return { rule: 'deleted', do: 'Nothing', message: 'the task is gone' }
  if (!sleeping || !holdsAsleep(task)) {
    return { rule: 'deleted', do: 'Release', message: 'nothing of this task is left to wake' }
  }
  // Dated by the API server's clock.
  if (hasTriedLastWake(task, task.deleted)) {
    const letGo = `deleted although ${sleeping.namespaces.join(', ')} could not be woken: ${lastMessage ?? 'no reason known'}`
    return { rule: 'deleted', do: 'Release', message: letGo, letGo }
  }
  return lastWake(situation, 'deleted', sleeping.namespaces, 'wakes before the task goes', task.deleted)
}
