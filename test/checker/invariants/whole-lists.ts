import type { Listed, TargetWrite } from '../evidence.ts'
import { type Run, runsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 10: a cleanup deletes nothing after a list of which it has not got all, of whichever kind. */
export const wholeLists: Invariant = ({ tasks, writes, lists }) => {
  const deletes = Map.groupBy(
    writes.filter(({ writer, verb }) => writer === 'Rota' && verb === 'delete'),
    ({ as = '' }) => as,
  )
  const listed = Map.groupBy(lists, ({ as }) => as)
  return tasks
    .flatMap(runsOf)
    .filter(({ active }) => active.operation === 'cleanup')
    .flatMap(run => blind(run, deletes.get(run.account) ?? [], listed.get(run.account) ?? []))
}

function blind(run: Run, deletes: readonly TargetWrite[], lists: readonly Listed[]): readonly Violation[] {
  const { claim, end, active, life } = run
  const isOurs = ({ namespace, received }: Listed | TargetWrite) =>
    active.namespaces.includes(namespace) &&
    received >= claim.received &&
    received <= (end?.answered ?? Number.POSITIVE_INFINITY)
  const known = lists.filter(isOurs)
  return deletes.filter(isOurs).flatMap(({ received, target, auditId }) => {
    const newest = new Map<string, Listed>()
    for (const list of known) if (list.received < received) newest.set(`${list.namespace}/${list.resource}`, list)
    const part = [...newest.values()].find(({ isComplete }) => !isComplete)
    if (!part) return []
    const message = `run ${active.id} deleted ${target} (request ${auditId}), and had not got all ${part.resource} of ${part.namespace}`
    return [{ invariant: 10, about: life.key, message }]
  })
}
