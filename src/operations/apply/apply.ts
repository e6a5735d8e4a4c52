import type { Spec } from '../../api/task.ts'
import type { Operation, Plan, Seen } from '../contract.ts'
import { documentRights, planned, resultsOf, type Tried, tryAll } from '../shared/documents.ts'

type ApplySpec = NonNullable<Spec['operation']['apply']>

interface SeenForApply extends Seen {
  readonly tried: readonly Tried[]
}

/** Server-side apply of all documents, or of none when the API server would refuse one of them. Nothing is pruned. */
export const apply: Operation<ApplySpec, SeenForApply> = {
  name: 'apply',
  pastTense: 'applied',
  rights: ({ manifests }, discovery) => documentRights(manifests, discovery),
  async observe({ manifests, force }, run, read) {
    const tried = (await tryAll(manifests, run.namespaces, force, run, read)).map(withAdvice)
    return { items: resultsOf(tried), faults: [], tried }
  },
  plan({ force }, { tried }, run): Plan {
    const { undone, ...plan } = planned(tried, force, run)
    const output = undone.map(({ says }) => `not done: ${says}`).join('\n')
    return { ...plan, ...(output !== '' && { output }) }
  },
}

/** What a conflict leaves to choose: unlike other operations this one can take over what others manage. */
function withAdvice(one: Tried): Tried {
  if (!('fault' in one) || one.fault.reason !== 'FieldManagerConflict') return one
  return { ...one, fault: { ...one.fault, message: `${one.fault.message}, or write force: true to take it over` } }
}
