import { WAKE_FINALIZER } from '../api/names.ts'
import type { Leaving } from './decision.ts'
import { hasTriedLastWake } from './last-wake.ts'
import type { Task } from './task.ts'

/** Whether a task keeps Rota from being uninstalled: there is something to end, to wake, or to let go. */
export function isUnfinished(task: Task, { since, leaveAsleep }: Leaving): boolean {
  const { activeRun } = task.status
  if (activeRun && activeRun.operation !== 'job') return true
  const isHeld = task.finalizers.includes(WAKE_FINALIZER)
  if (task.deleted !== undefined || !holdsAsleep(task)) return isHeld
  return hasTriedLastWake(task, since) ? isHeld && leaveAsleep : true
}

/** Whether a task has something asleep that ought to be awake before it, or Rota, goes. */
export function holdsAsleep({ status, spec }: Task): boolean {
  return status.sleeping !== undefined && spec.operation.sleep?.onDelete !== 'Leave'
}
