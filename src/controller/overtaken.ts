import { type HistoryEntry, targetNamespaces } from '../api/task.ts'
import { occupied } from '../decide/run.ts'
import type { Task } from '../decide/task.ts'
import { instantOf, SECOND } from '../lib/instant.ts'

/**
 * A pause between two attempts frees the namespaces. If a run with a later slot started on one of them meanwhile, or goes
 * on there, the paused one must not: it would undo what is newer. Read from statuses, so that a restart forgets nothing.
 * @returns the key of such a task
 */
export function overtakenBy(task: Task, others: Iterable<Task>): string | undefined {
  const run = task.status.activeRun
  if (run?.nextAttemptTime === undefined) return undefined
  const own = occupied(run)
  const slot = instantOf(run.slotTime) ?? 0
  const start = instantOf(run.startTime) ?? 0
  for (const other of others) {
    const { activeRun } = other.status
    if (other.key === task.key || (!activeRun && endedBefore(other, start))) continue
    const { history = [] } = other.status
    const targets = targetNamespaces(other.spec, other.namespace) ?? []
    // History names only the first few namespaces; the others are in the spec, unless it was edited meanwhile.
    const past = history
      .filter(entry => !isPowerless(entry) && (instantOf(entry.startTime) ?? 0) > start)
      .map(entry => {
        const { namespaces = [], namespaceCount = 0 } = entry
        return { ...entry, namespaces: namespaceCount > namespaces.length ? [...namespaces, ...targets] : namespaces }
      })
    const later = [...(activeRun ? [activeRun] : []), ...past].some(
      ({ operation, slotTime, namespaces }) =>
        // Nothing is left to wake in a namespace that is being deleted.
        !(run.operation === 'deleteNamespace' && operation === 'wake') &&
        // By what that run did: the task may do something else by now.
        occupied({ operation, namespaces }).some(name => own.includes(name)) &&
        (instantOf(slotTime) ?? 0) > slot,
    )
    if (later) return other.key
  }
  return undefined
}

/** Nothing of it has started since; its time has whole seconds. Most tasks, and their histories need not be looked at. */
function endedBefore({ status: { lastRunTime } }: Task, start: number): boolean {
  return (instantOf(lastRunTime) ?? Number.POSITIVE_INFINITY) + SECOND <= start
}

/** Refused before it changed anything: whoever may do nothing in a namespace ends nobody's run there either. */
function isPowerless({ result, resultReason, changed }: HistoryEntry): boolean {
  return result === 'Failed' && changed === 0 && POWERLESS.has(resultReason ?? '')
}
const POWERLESS: ReadonlySet<string> = new Set(['Forbidden', 'ImpersonationForbidden', 'ServiceAccountNotFound'])
