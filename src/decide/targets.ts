import { type OperationName, targetNamespaces } from '../api/task.ts'
import { MOST_ASLEEP } from './sleeping.ts'
import type { Task } from './task.ts'

/**
 * Where a run of this operation works: on the targets of the spec; the wake of an own sleep also wherever else something
 * sleeps. `undefined`: labels decide.
 * @param chosen the namespaces that the labels mean, once they have been asked for
 */
export function namespacesOf(
  { spec, status, namespace, operation }: Pick<Task, 'spec' | 'status' | 'namespace' | 'operation'>,
  runs: OperationName,
  chosen: readonly string[] | undefined,
): readonly string[] | undefined {
  const named = targetNamespaces(spec, namespace) ?? chosen
  if (runs !== 'wake' || operation !== 'sleep') return named
  // Where it surely sleeps comes first: the status holds no more.
  return named && [...new Set([...(status.sleeping?.namespaces ?? []), ...named])].slice(0, MOST_ASLEEP)
}
