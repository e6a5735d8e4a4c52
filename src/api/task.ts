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

/** `output` and `error` of a history entry are cut at this many characters. */
export const TEXT_LIMIT = 1000

/** What sleeps by a task, and what does not run therefore: requests of a pod times the replicas that were taken away. */
export interface Asleep {
  readonly workloads: number
  readonly cpuMillicores: number
  readonly memoryBytes: number
}

export const OPERATIONS: readonly OperationName[] = [
  'sleep',
  'wake',
  'scale',
  'restart',
  'cleanup',
  'createNamespace',
  'deleteNamespace',
  'patch',
  'apply',
  'job',
]

export const RESULTS: readonly Result[] = ['Succeeded', 'Failed', 'TimedOut', 'Cancelled', 'Missed', 'Skipped']

/** In the order in which the first that holds is the phase. */
export const PHASES: readonly Phase[] = ['Stalled', 'Running', 'Waiting', 'Suspended', 'Scheduled', 'Idle']

/** Whether a run did not do what it was to do, by its own fault or by its time. */
export function isFailure(result: Result | undefined): boolean {
  return result === 'Failed' || result === 'TimedOut'
}

/** The one operation of a spec. Admission sees to it that there is exactly one; `undefined` says that it did not. */
export function operationOf(spec: Spec): OperationName | undefined {
  const set = OPERATIONS.filter(name => spec.operation[name] !== undefined)
  return set.length === 1 ? set[0] : undefined
}

/** The namespaces a task works on: those of its target, or its own; `undefined`: labels decide, see `namespaceSelector`. */
export function targetNamespaces({ target }: Spec, own: string): readonly string[] | undefined {
  return target?.namespaces ?? (target?.namespaceSelector ? undefined : [own])
}
