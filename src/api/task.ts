import type { ScheduledTaskSpec, ScheduledTaskStatus } from './types.generated.ts'

export type { ScheduledTask } from './types.generated.ts'
export type Spec = ScheduledTaskSpec
export type Status = ScheduledTaskStatus
export type ActiveRun = NonNullable<Status['activeRun']>
export type HistoryEntry = NonNullable<Status['history']>[number]
export type Condition = NonNullable<Status['conditions']>[number]
export type Phase = NonNullable<Status['phase']>
export type Result = NonNullable<Status['lastResult']>
export type OperationName = keyof Spec['operation']

const OPERATIONS: readonly OperationName[] = ['sleep', 'wake', 'scale', 'restart']

/** The one operation of a spec. Admission sees to it that there is exactly one; `undefined` says that it did not. */
export function operationOf(spec: Spec): OperationName | undefined {
  const set = OPERATIONS.filter(name => spec.operation[name] !== undefined)
  return set.length === 1 ? set[0] : undefined
}

/** The namespaces a task works on: those of its target, or its own. */
export function targetNamespaces(spec: Spec, own: string): readonly string[] {
  return spec.target?.namespaces ?? [own]
}
