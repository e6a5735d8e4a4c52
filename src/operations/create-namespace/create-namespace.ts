import type { Target } from '../../api/fault.ts'
import { NAMESPACE } from '../../api/kinds.ts'
import type { Spec } from '../../api/task.ts'
import { count } from '../../lib/text.ts'
import { documentsIn } from '../../manifest/documents.ts'
import type { Operation, Plan, Reader, Right, RunContext, Seen } from '../contract.ts'
import { documentRights, planned, type Tried, tryAll, tryOn } from '../shared/documents.ts'
import { rightsToApply } from '../shared/kinds.ts'
import { faultIn, inTurns } from '../shared/observe.ts'

type CreateSpec = NonNullable<Spec['operation']['createNamespace']>

interface SeenForCreate extends Seen {
  readonly namespaces: readonly Tried[]
  readonly documents: readonly Tried[]
}

/** Each target namespace exists, with labels and annotations, and holds the manifests: first the one, then the other. */
export const createNamespace: Operation<CreateSpec, SeenForCreate> = {
  name: 'createNamespace',
  pastTense: 'applied',
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
  const there = namespaces.flatMap(one => ('existing' in one && one.existing ? [one.target.name] : []))
  const documents =
    spec.manifests === undefined || there.length < run.namespaces.length
      ? []
      : await tryAll(spec.manifests, there, false, run, read)
  const items = [...namespaces, ...documents].flatMap(one => ('result' in one ? [one.result] : []))
  return { items, faults: [], namespaces, documents }
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

function plan({ manifests }: CreateSpec, { namespaces, documents }: SeenForCreate, run: RunContext): Plan {
  const first = planned(namespaces, false, run)
  const missing = namespaces.filter(one => 'existing' in one && !one.existing)
  if (first.faults.length > 0 || missing.length > 0) {
    if (manifests === undefined || first.faults.length > 0) return first
    const amount = count(documentsIn(manifests).length, 'manifest')
    return { ...first, pending: `${amount} to be applied once ${missing.length === 1 ? 'it is' : 'they are'} there` }
  }
  const second = planned(documents, false, run)
  return {
    actions: [...first.actions, ...second.actions],
    done: [...first.done, ...second.done],
    already: first.already + second.already,
    left: [],
    faults: second.faults,
  }
}
