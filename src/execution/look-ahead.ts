import type { Fault } from '../api/fault.ts'
import type { Bound, Plan, Reader, RunContext } from '../operations/contract.ts'
import { excess, type Limits } from './limits.ts'
import type { Progress } from './progress.ts'

/** What a run would do now. */
export interface Ahead {
  readonly plan: Plan
  readonly limits: Limits
  /** How many objects it would change, with those that it has changed before; of so many that were seen. */
  readonly affected: number
  readonly total: number
  /** Why the plan is refused as a whole. */
  readonly refused: string | undefined
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
  const total = seen.items.length
  const refused = excess(limits, affected, total, given.objects === undefined)
  return { plan, limits, affected, total, refused }
}

/**
 * Of what stands against single namespaces, what the run fails by: one that is gone has nothing left to wake, and is
 * nobody's mistake when labels chose it.
 */
export function mistakes({ name }: Bound, byLabel: boolean, against: readonly Fault[]): readonly Fault[] {
  return against.filter(fault => fault.class !== 'Gone' || !(byLabel || name === 'wake'))
}
