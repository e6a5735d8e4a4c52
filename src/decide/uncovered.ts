import { WAKE_FINALIZER } from '../api/names.ts'
import { targetNamespaces } from '../api/task.ts'
import type { Task } from './task.ts'

/** Namespaces where something of this task sleeps although its spec no longer says so. */
export function uncovered(task: Task): readonly string[] {
  const wanted = task.operation === 'sleep' ? targetNamespaces(task.spec, task.namespace) : []
  // What labels no longer choose wakes with the rest, at the next wake.
  if (!wanted) return []
  return (task.status.sleeping?.namespaces ?? []).filter(name => !wanted.includes(name))
}

/** With `onDelete: Leave` nothing is woken that the author does not ask for. Without a sleep in the spec the finalizer tells. */
export function leavesAsleep(task: Task): boolean {
  const { sleep } = task.spec.operation
  return sleep ? sleep.onDelete === 'Leave' : !task.finalizers.includes(WAKE_FINALIZER)
}
