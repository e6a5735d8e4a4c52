import { type Fault, faultIn, type Target } from '../../api/fault.ts'
import { NAMESPACE } from '../../api/kinds.ts'
import { DELETABLE_LABEL } from '../../api/names.ts'
import type { Spec } from '../../api/task.ts'
import { instantOf, SECOND } from '../../lib/instant.ts'
import { listed } from '../../lib/text.ts'
import type { LeftOut, Operation, Plan, Reader, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { called, parted, targetOf } from '../shared/items.ts'
import { rightsOn } from '../shared/kinds.ts'
import { inTurns } from '../shared/observe.ts'

type DeleteSpec = NonNullable<Spec['operation']['deleteNamespace']>

interface SeenForDelete extends Seen {
  /** Target namespaces that do not exist. */
  readonly gone: readonly string[]
}

/** Deletes the target namespaces that were there before the slot, and waits until they are gone. */
export const deleteNamespace: Operation<DeleteSpec, SeenForDelete> = {
  name: 'deleteNamespace',
  pastTense: 'deleted',
  already: 'already gone',
  limit: 1,
  tolerates: 'Terminating',
  rights: async () => rightsOn([NAMESPACE], ['get', 'delete']),
  observe,
  plan,
}

async function observe(_: DeleteSpec, run: RunContext, read: Reader): Promise<SeenForDelete> {
  const looked = await inTurns(run.namespaces, async (name): Promise<Item | Fault | string> => {
    const target: Target = { kind: NAMESPACE, namespace: name, name }
    try {
      return (await read.get(target)) ?? name
    } catch (error) {
      return faultIn(error)
    }
  })
  // In the order in which they are named, not in that of the answers.
  return {
    items: looked.filter(one => typeof one === 'object' && 'metadata' in one),
    faults: looked.filter(one => typeof one === 'object' && 'class' in one),
    gone: looked.filter(one => typeof one === 'string'),
  }
}

function plan(spec: DeleteSpec, { items, faults, gone }: SeenForDelete, run: RunContext): Plan {
  const { left, free: due } = parted(items, item => notDue(spec, item, run))
  const own = due.filter(({ metadata }) => metadata.name === run.task.namespace)
  const others = due.filter(item => !own.includes(item))
  const open = others.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  return {
    actions: open.map(item => ({
      do: 'Delete',
      target: targetOf(item),
      uid: item.metadata.uid,
      says: `${called(item)}: deleted`,
    })),
    done: [],
    already: gone.filter(name => !run.changed.some(target => target.name === name)).length,
    left,
    faults: [...faults, ...own.map(ownNamespace)],
    ...(others.length > 0 && { pending: `waits for the end of ${listed(others.map(withWhatKeepsIt))}` }),
  }
}

function ownNamespace(item: Item): Fault {
  const message = `namespace ${item.metadata.name} is the task's own: it is never deleted by it`
  return { class: 'Invalid', reason: 'OwnNamespace', message, target: targetOf(item) }
}

function notDue(
  { confirm, olderThanSeconds = 0 }: DeleteSpec,
  item: Item,
  { slotTime }: RunContext,
): LeftOut | undefined {
  const { creationTimestamp, labels } = item.metadata
  const age = slotTime - (instantOf(creationTimestamp) ?? slotTime)
  const left = (reason: string, message: string) => ({ target: targetOf(item), reason, message })
  if (age <= 0) return left('TooYoung', 'was created after the slot')
  if (age < olderThanSeconds * SECOND) return left('TooYoung', `was younger than ${olderThanSeconds} s at the slot`)
  if (!confirm && labels?.[DELETABLE_LABEL] !== 'true')
    return left('NotDeletable', `is not labelled ${DELETABLE_LABEL}=true`)
  return undefined
}

/** What keeps a namespace: finalizers of its own, and what is in it, as the API server's conditions tell it. */
function withWhatKeepsIt({ metadata: { name, finalizers = [] }, status }: Item): string {
  const own = finalizers.length > 0 ? [`its own finalizers: ${listed(finalizers)}`] : []
  const remaining = status?.conditions?.filter(one => one.status === 'True' && /Remaining|Failure/.test(one.type)) ?? []
  const why = [...own, ...remaining.flatMap(({ message }) => message || [])]
  return why.length > 0 ? `${name} (${why.join('; ')})` : name
}
