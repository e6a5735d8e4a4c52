import type { OperationName } from '../api/task.ts'
import type { Task } from './task.ts'

/** What the task has really put to sleep is really woken, whatever it has become since. */
export function isDryRun(
  { spec, operation, status }: Pick<Task, 'spec' | 'operation' | 'status'>,
  runs: OperationName,
): boolean {
  const endsOwnSleep = runs === 'wake' && operation !== 'wake' && status.sleeping !== undefined
  return spec.dryRun && !endsOwnSleep
}
