import { isName } from '../api/names.ts'
import type { ActiveRun, OperationName, ScheduledTask } from '../api/task.ts'
import type { Task } from '../decide/task.ts'
import type { Limits } from '../execution/limits.ts'
import type { Account, Calls, Purpose, Targets } from '../execution/ports.ts'
import { instantOf } from '../lib/instant.ts'
import type { Bound, Discovery, Holder, Right, RunContext } from '../operations/contract.ts'
import { operationFor } from '../operations/registry.ts'
import { remedies } from '../operations/remedy.ts'

/** The operation of a run; a wake is that of the task's own sleep while something sleeps by it. */
export function operationOf({ spec, status }: Task, name: OperationName): Bound | undefined {
  return operationFor(name, spec, status.sleeping && { kinds: status.sleeping.kinds ?? [] })
}

/** The account in whose name everything on targets is done: never one of another namespace. */
export function accountOf({ namespace, spec }: Task): Account {
  return { namespace, name: spec.serviceAccountName }
}

/** Knows what would allow what the account may not do. */
export async function purposeOf(operation: Bound, discovery: Discovery): Promise<Purpose> {
  const rights = await operation.rights(discovery).catch((): readonly Right[] => [])
  return remedies(operation.name, rights)
}

/** Calls for an operation in the name of the task's account. */
export async function callsFor(
  { discovery, targets }: { readonly discovery: Discovery; readonly targets: Targets },
  task: Task,
  operation: Bound,
  signal: AbortSignal,
): Promise<Calls> {
  return targets.as(accountOf(task), await purposeOf(operation, discovery), signal)
}

/** How many objects a run may change. Nothing holds back the wake of what a task has put to sleep itself. */
export function limitsOf({ spec, operation }: Pick<Task, 'spec' | 'operation'>, runs: OperationName): Limits {
  return runs === 'wake' && operation !== 'wake' ? {} : (spec.maxAffected ?? {})
}

/** The tasks that are known. */
export interface Others {
  /** Whether these are all, so that a task that is not among them does not exist, or is too young to be known. */
  readonly seesAll: boolean
  readonly store: { get(key: string): Pick<Task, 'uid'> | undefined }
  /** Says which of the two; without it nothing is done by what is known. */
  readonly tasks?: { read(namespace: string, name: string): Promise<Pick<ScheduledTask, 'metadata'> | undefined> }
}

/** What a plan of a run is computed from, besides what is seen. */
export function contextOf(
  others: Others,
  { key, namespace, name, uid }: Task,
  { id, operation, slotTime, namespaces }: Pick<ActiveRun, 'id' | 'operation' | 'slotTime' | 'namespaces'>,
  timeoutSeconds: number,
): RunContext {
  return {
    id,
    operation,
    slotTime: instantOf(slotTime) ?? 0,
    namespaces,
    task: { key, namespace, name, uid },
    timeoutSeconds,
    changed: [],
    isGone: holder => isGone(others, holder),
  }
}

/** What is known may be as old as a broken watch takes to be noticed: whoever is to be let go of is asked for first. */
async function isGone({ seesAll, store, tasks }: Others, { task, uid }: Holder): Promise<boolean> {
  if (!seesAll || store.get(task)?.uid === uid) return false
  const [namespace, name, ...more] = task.split('/')
  // Whatever else others have written there is nobody's name.
  if (!isName(namespace) || !isName(name) || more.length > 0) return true
  return tasks === undefined || (await tasks.read(namespace, name))?.metadata.uid !== uid
}
