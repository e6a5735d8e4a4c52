import { WAKE_FINALIZER } from '../../api/names.ts'
import { instantOf } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'
import { runId } from '../run.ts'
import { startWake } from '../start.ts'
import type { Task } from '../task.ts'
import { skewedClock } from './skewed-clock.ts'

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
  if (!sleeping || task.spec.operation.sleep?.onDelete === 'Leave') {
    return { rule: 'deleted', do: 'Release', message: 'nothing of this task is left to wake' }
  }
  if (hasTried(task)) {
    const letGo = `deleted although ${sleeping.namespaces.join(', ')} could not be woken: ${lastMessage ?? 'no reason known'}`
    return { rule: 'deleted', do: 'Release', message: letGo, letGo }
  }
  return (
    skewedClock(situation) ??
    startWake(situation, 'deleted', sleeping.namespaces, 'wakes before the task goes', task.deleted)
  )
}

/** The wake of a deletion is dated at it, by the API server's clock: no two clocks are compared. */
function hasTried({ uid, deleted: at = 0, spec, status }: Task): boolean {
  if (instantOf(status.lastSlotTime) !== at) return false
  return spec.historyLimit === 0 || status.history?.[0]?.id === runId(uid, 'wake', 'Schedule', at)
}
