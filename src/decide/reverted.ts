import type { Condition, OperationName, Status } from '../api/task.ts'
import { type Instant, rfc3339 } from '../lib/instant.ts'
import type { Task } from './task.ts'

/** Whether others can undo what an operation does, so that it is looked at once more. */
export function canBeUndone(operation: OperationName): boolean {
  return operation === 'sleep' || operation === 'wake' || operation === 'scale'
}

/** `Reverted` is there only while it is true: somebody has undone the newest run that changed something. */
export function revertedCondition(
  { generation }: Task,
  { conditions = [] }: Status,
  reverted: { readonly reason: string; readonly message: string } | undefined,
  now: Instant,
): readonly Condition[] {
  const others = conditions.filter(({ type }) => type !== 'Reverted')
  if (!reverted) return others
  const before = conditions.find(({ type }) => type === 'Reverted')
  const lastTransitionTime = before?.lastTransitionTime ?? rfc3339(now)
  return [
    ...others,
    { type: 'Reverted', status: 'True', ...reverted, lastTransitionTime, observedGeneration: generation },
  ]
}
