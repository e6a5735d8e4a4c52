import type { Fault, Target } from '../../api/fault.ts'
import { NAMESPACE } from '../../api/kinds.ts'
import { DELETABLE_LABEL } from '../../api/names.ts'
import type { Spec } from '../../api/task.ts'
import { instantOf, SECOND } from '../../lib/instant.ts'
import { listed } from '../../lib/text.ts'
import type { LeftOut, Operation, Plan, Reader, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { targetOf } from '../shared/items.ts'
import { rightsOn } from '../shared/kinds.ts'
import { faultIn, inTurns } from '../shared/observe.ts'

type DeleteSpec = NonNullable<Spec['operation']['deleteNamespace']>

/** Deletes the target namespaces that were there before the slot, and waits until they are gone. */
export const deleteNamespace: Operation<DeleteSpec> = {
  name: 'deleteNamespace',
  pastTense: 'deleted',
  limit: 1,
  tolerates: 'Terminating',
  rights: async () => rightsOn([NAMESPACE], ['get', 'delete']),
  observe,
  plan,
}

async function observe(_: DeleteSpec, run: RunContext, read: Reader): Promise<Seen> {
  const faults: Fault[] = []
  const items = await inTurns(run.namespaces, async name => {
    const target: Target = { kind: NAMESPACE, namespace: name, name }
    try {
      return await read.get(target)
    } catch (error) {
      faults.push(faultIn(error))
      return undefined
    }
  })
  return { items: items.filter(item => item !== undefined), faults }
}

function plan(spec: DeleteSpec, seen: Seen, run: RunContext): Plan {
  const own = seen.items.find(({ metadata }) => metadata.name === run.task.namespace)
  const others = seen.items.filter(item => item !== own)
  const left = others.map(item => notDue(spec, item, run)).filter(one => one !== undefined)
  const due = others.filter(item => !notDue(spec, item, run))
  const dying = due.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
  const open = due.filter(item => !dying.includes(item))
  const pending = [...dying.map(blocked), ...open.map(({ metadata }) => metadata.name)]
  return {
    actions: open.map(item => ({
      do: 'Delete',
      target: targetOf(item),
      uid: item.metadata.uid,
      says: `Namespace/${item.metadata.name}: deleted`,
    })),
    done: [],
    already: run.namespaces.length - seen.items.length - seen.faults.length,
    left,
    faults: [...seen.faults, ...(own ? [ownNamespace(own)] : [])],
    ...(pending.length > 0 && { pending: `waits until ${listed(pending)} is gone` }),
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
  if (age < olderThanSeconds * SECOND) return left('TooYoung', `is younger than ${olderThanSeconds} s`)
  if (!confirm && labels?.[DELETABLE_LABEL] !== 'true')
    return left('NotDeletable', `is not labelled ${DELETABLE_LABEL}=true`)
  return undefined
}

/** What keeps a namespace, as the API server's own conditions tell it. */
function blocked({ metadata: { name }, status }: Item): string {
  const kept =
    status?.conditions?.filter(({ type, status: is }) => is === 'True' && /Remaining|Failure/.test(type)) ?? []
  const why = kept.map(({ message }) => message).filter(Boolean)
  return why.length > 0 ? `${name} (${why.join('; ')})` : name
}
