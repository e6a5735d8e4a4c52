import type { Fault, Target } from '../../api/fault.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Json } from '../../lib/json.ts'
import type { Action, Item, LeftOut, RunContext } from '../contract.ts'

export function targetOf({ kind, metadata }: Item): Target {
  return { kind, namespace: metadata.namespace, name: metadata.name }
}

/** An object that carries this run's id has been changed by it: it is done, whatever its value is now. */
export function isDone(item: Item, run: RunContext): boolean {
  return item.metadata.annotations?.[LAST_RUN_ANNOTATION] === run.id
}

/** What this run changed before, in an earlier attempt or an earlier process. */
export function doneBy(run: RunContext, items: readonly Item[]): readonly Target[] {
  return items.filter(item => isDone(item, run)).map(targetOf)
}

/**
 * What controls this object, other than a person: changing it would only be undone.
 * Objects on their way out are nobody's concern either.
 */
export function leftOut(item: Item): LeftOut | undefined {
  const target = targetOf(item)
  if (item.metadata.deletionTimestamp !== undefined)
    return { target, reason: 'Terminating', message: 'is being deleted' }
  const owner = item.metadata.ownerReferences?.find(({ controller }) => controller)
  if (!owner) return undefined
  return { target, reason: 'Owned', message: `owned by ${owner.kind}/${owner.name}` }
}

/** A merge patch that changes the object and marks it with the run, in one request. */
export function patch(
  item: Item,
  run: RunContext,
  says: string,
  spec: { readonly [key: string]: Json },
  annotations: { readonly [key: string]: string | null } = {},
): Action {
  const marked = { ...annotations, [LAST_RUN_ANNOTATION]: run.id }
  const body = { metadata: { annotations: marked }, ...(Object.keys(spec).length > 0 && { spec }) }
  return { do: 'Patch', target: targetOf(item), version: item.metadata.resourceVersion, body, says }
}

/** `Deployment/web`. */
export function called(item: Item): string {
  return `${item.kind.kind}/${item.metadata.name}`
}

/** Of the names that the author listed, those that exist in none of the namespaces. */
export function missingNames(
  names: readonly string[],
  items: readonly Item[],
  kinds: readonly string[],
): readonly Fault[] {
  return names
    .filter(name => !items.some(item => item.metadata.name === name))
    .map(name => ({ class: 'Gone', reason: 'NotFound', message: `there is no ${kinds.join(' or ')} named ${name}` }))
}
