import { type Fault, idOf, type Target } from '../api/fault.ts'
import type { Bound, Plan, Reader, RunContext } from '../operations/contract.ts'
import type { Item } from '../operations/item.ts'
import { excess, type Limits } from './limits.ts'
import type { Progress } from './progress.ts'

/** After a conflict everything is observed again, at most this often. */
export const OBSERVED_AGAIN = 3

/** What a run would do now. */
export interface Ahead {
  readonly plan: Plan
  readonly limits: Limits
  /** How many objects it would change, with those that it has changed before; of so many that were seen. */
  readonly affected: number
  readonly total: number
  /** Why the plan is refused as a whole. */
  readonly refused: string | undefined
  /** Where the number of objects is limited: what keeps it from being known. Nothing may be changed before it is. */
  readonly unsure: readonly Fault[]
  /** The plan as if these objects were not there. */
  planBut(failed: readonly Target[]): Plan
}

/** Observes, plans and judges the plan by its limits. Changes nothing: an attempt carries this out, a preview shows it. */
export async function lookAhead(
  operation: Bound,
  given: Limits,
  run: RunContext,
  read: Reader,
  progress: Progress,
): Promise<Ahead> {
  const seen = await operation.observe(run, read)
  const plan = operation.plan(seen, run)
  const limits = { ...(operation.limit !== undefined && { objects: operation.limit }), ...given }
  // What earlier attempts of this run have changed counts, so that each of them is judged alike.
  const affected = progress.union([...plan.done, ...plan.actions.map(({ target }) => target)])
  // What is deleted by now was there too.
  const total = progress.union(seen.items.map(targetOf))
  const refused = excess(limits, affected, total, given.objects === undefined)
  const isLimited = limits.objects !== undefined || limits.percent !== undefined
  const unsure = isLimited ? plan.faults.filter(mayPass) : []
  const planBut = (failed: readonly Target[]) => {
    const without = new Set(failed.map(idOf))
    return operation.plan({ ...seen, items: seen.items.filter(item => !without.has(idOf(targetOf(item)))) }, run)
  }
  return { plan, limits, affected, total, refused, unsure, planBut }
}

/** Whether another look, or another attempt, may do without it. */
export function mayPass({ class: kind }: Fault): boolean {
  return kind === 'Transient' || kind === 'Conflict' || kind === 'Unknown'
}

function targetOf({ kind, metadata }: Item): Target {
  return { ...metadata, kind }
}

/**
 * Of what stands against single namespaces, what the run fails by: one that is gone has nothing left to wake, and is
 * nobody's mistake when labels chose it.
 */
export function mistakes({ name }: Bound, byLabel: boolean, against: readonly Fault[]): readonly Fault[] {
  return against.filter(fault => fault.class !== 'Gone' || !(byLabel || name === 'wake'))
}
