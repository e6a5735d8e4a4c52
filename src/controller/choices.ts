import { FaultError } from '../api/fault.ts'
import { NAMESPACE } from '../api/kinds.ts'
import { PROTECTED_LABEL } from '../api/names.ts'
import { isProtected } from '../decide/read-spec.ts'
import type { Task } from '../decide/task.ts'
import { finalFailure, type Outcome } from '../execution/outcome.ts'
import type { Calls } from '../execution/ports.ts'
import { faultSummary } from '../execution/summary.ts'
import { selects } from '../operations/shared/selector.ts'

/** More targets than this are refused. */
const MOST = 50

/** The namespaces that the labels of a task's target mean for a run, or why there are none. */
export type Chosen = { readonly namespaces: readonly string[] } | { readonly failed: Outcome }

/** What labels mean, as it was found for the newest run of each task: from the question to the claim nothing else counts. */
export class Choices {
  readonly #known = new Map<string, { readonly run: string; readonly chosen: Chosen }>()

  of(key: string, run: string): Chosen | undefined {
    const known = this.#known.get(key)
    return known?.run === run ? known.chosen : undefined
  }

  /** For a decision: what cannot be chosen is no namespace, and the attempt says why. */
  namespaces(key: string, run: string): readonly string[] | undefined {
    const chosen = this.of(key, run)
    return chosen && ('failed' in chosen ? [] : chosen.namespaces)
  }

  keep(key: string, run: string, chosen: Chosen): void {
    this.#known.set(key, { run, chosen })
  }

  forget(key: string): void {
    this.#known.delete(key)
  }
}

/**
 * Listed in the name of the task's account: a task finds no namespace that its account cannot.
 * @throws FaultError when the API server may answer later; what the signal was aborted with
 */
export async function chooseNamespaces(
  { spec }: Pick<Task, 'spec'>,
  calls: Pick<Calls, 'list'>,
  ownNamespace: string,
): Promise<Chosen> {
  const selector = spec.target?.namespaceSelector
  if (!selector) return { namespaces: [] }
  const names: string[] = []
  try {
    for await (const page of calls.list(NAMESPACE, '')) {
      for (const { metadata } of page) {
        const isFree = metadata.labels?.[PROTECTED_LABEL] !== 'true' && metadata.deletionTimestamp === undefined
        const isForeign = !isProtected(metadata.name, ownNamespace)
        if (isFree && isForeign && selects(selector, metadata.labels)) names.push(metadata.name)
      }
    }
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    const { reason, class: kind } = error.fault
    if (kind === 'Transient' || kind === 'Unknown') throw error
    return { failed: finalFailure(reason, faultSummary([error.fault])) }
  }
  if (names.length <= MOST) return { namespaces: names.sort() }
  const message = `spec.target.namespaceSelector chooses ${names.length} namespaces, and ${MOST} is the most: make it narrower`
  return { failed: finalFailure('TooManyNamespaces', message) }
}
