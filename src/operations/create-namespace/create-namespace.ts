import { faultIn, type Target } from '../../api/fault.ts'
import { NAMESPACE } from '../../api/kinds.ts'
import type { Spec } from '../../api/task.ts'
import type { Operation, Plan, Reader, Right, RunContext, Seen } from '../contract.ts'
import { documentRights, planned, resultsOf, type Tried, tryAll, tryOn } from '../shared/documents.ts'
import { rightsToApply } from '../shared/kinds.ts'
import { inTurns } from '../shared/observe.ts'

type CreateSpec = NonNullable<Spec['operation']['createNamespace']>

interface SeenForCreate extends Seen {
  /** Namespaces, and what is to be in them. */
  readonly tried: readonly Tried[]
}

/** Each target namespace exists, with labels and annotations, and holds the manifests: first the one, then the other. */
export const createNamespace: Operation<CreateSpec, SeenForCreate> = {
  name: 'createNamespace',
  pastTense: 'set up',
  tolerates: 'Absent',
  async rights({ manifests }, discovery) {
    const own: readonly Right[] = rightsToApply([NAMESPACE])
    return [...own, ...(manifests === undefined ? [] : await documentRights(manifests, discovery))]
  },
  observe,
  plan,
}

async function observe(spec: CreateSpec, run: RunContext, read: Reader): Promise<SeenForCreate> {
  const namespaces = await inTurns(run.namespaces, name => tried(spec, name, run, read))
  const fine = namespaces.filter(one => !('fault' in one))
  const absent = fine.filter(one => 'existing' in one && !one.existing).map(nameOf)
  const documents =
    spec.manifests === undefined ? [] : await tryAll(spec.manifests, fine.map(nameOf), false, run, read, absent)
  const all = [...namespaces, ...documents]
  return { items: resultsOf(all), faults: [], tried: all }
}

function nameOf({ target }: Tried): string {
  return target.name
}

async function tried(spec: CreateSpec, name: string, run: RunContext, read: Reader): Promise<Tried> {
  const target: Target = { kind: NAMESPACE, namespace: name, name }
  const { labels, annotations } = spec
  const body = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(labels && { labels }), ...(annotations && { annotations }) },
  }
  try {
    return await tryOn(target, body, false, run, read)
  } catch (error) {
    return { target, fault: faultIn(error) }
  }
}

/** Each namespace for itself: what cannot be in one is no reason against the others. */
function plan(_: CreateSpec, { tried: all }: SeenForCreate, run: RunContext): Plan {
  const places = Map.groupBy(all, ({ target }) => target.namespace)
  const plans = [...places.values()].map(some => planned(some, false, run))
  return {
    actions: plans.flatMap(({ actions }) => actions),
    done: plans.flatMap(({ done }) => done),
    already: plans.reduce((sum, { already }) => sum + already, 0),
    left: [],
    faults: plans.flatMap(({ faults }) => faults),
  }
}
