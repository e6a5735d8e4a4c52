import { type Fault, idOf, type Target } from '../../api/fault.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Json } from '../../lib/json.ts'
import type { Action, LeftOut, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import type { Change } from './level.ts'

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

/** What controls an object, other than a person. */
export function controllerOf({ metadata }: Item) {
  return metadata.ownerReferences?.find(({ controller }) => controller)
}

/**
 * Why an object is not touched: what another object controls would only be changed back, and what is on its way out is
 * nobody's concern.
 */
export function leftOut(item: Item): LeftOut | undefined {
  if (item.metadata.deletionTimestamp !== undefined) return terminating(item)
  const owner = controllerOf(item)
  if (!owner) return undefined
  return { target: targetOf(item), reason: 'Owned', message: `owned by ${owner.kind}/${owner.name}` }
}

/** Besides: what has no number of replicas that could be put back. */
export function leftOutOfScaling(item: Item): LeftOut | undefined {
  const left = leftOut(item)
  if (left || !item.kind.scale || item.scale) return left
  return { target: targetOf(item), reason: 'NoReplicas', message: 'its number of replicas is not set' }
}

export function terminating(item: Item): LeftOut {
  return { target: targetOf(item), reason: 'Terminating', message: 'is being deleted' }
}

/** Whether this attempt has changed an object before it observed again. */
export function isChanged(item: Item, { changed }: RunContext): boolean {
  const id = idOf(targetOf(item))
  return changed.some(target => idOf(target) === id)
}

/** Objects that are left out, by their reasons, and the others. */
export function parted(
  items: readonly Item[],
  why: (item: Item) => LeftOut | undefined,
): { readonly left: readonly LeftOut[]; readonly free: readonly Item[] } {
  const reasons = items.map(why)
  return {
    left: reasons.filter(reason => reason !== undefined),
    free: items.filter((_, at) => reasons[at] === undefined),
  }
}

/** Whether what controls an object is one of these. */
export function isControlledByAny(item: Item, owners: readonly Item[]): boolean {
  const uid = controllerOf(item)?.uid
  return owners.some(({ metadata }) => metadata.uid === uid)
}

/**
 * A merge patch that changes the object and marks it with the run, in one request where its kind allows that. Else what is
 * to be kept is kept first, and forgotten last: a crash in between must not lose it.
 */
export function patch(
  item: Item,
  run: RunContext,
  says: string,
  change: Change,
  kept: Annotations = {},
  scaleFirst = Object.values(kept).every(value => value === null),
): Action {
  const { spec, scale } = change
  const annotations = { ...kept, ...change.annotations }
  return {
    ...mergePatch(item, run, says, { metadata: { annotations }, ...(spec && { spec }) }),
    ...(scale !== undefined && { scale: { replicas: scale, first: scaleFirst } }),
  }
}

/** A merge patch that marks the object with the run. */
export function mergePatch(item: Item, run: RunContext, says: string, body: Body): Action & { do: 'Patch' } {
  const { metadata = {} } = body
  const annotations = { ...metadata.annotations, [LAST_RUN_ANNOTATION]: run.id }
  return {
    do: 'Patch',
    target: targetOf(item),
    version: item.metadata.resourceVersion,
    body: { ...body, metadata: { ...metadata, annotations } },
    says,
  }
}

interface Body {
  readonly metadata?: { readonly annotations?: Annotations; readonly [key: string]: Json | undefined }
  readonly [key: string]: Json | undefined
}

type Annotations = Readonly<Record<string, string | null>>

/** `Deployment/web`. */
export function called(item: Item): string {
  return `${item.kind.kind}/${item.metadata.name}`
}

/** Of the names that the author listed, those that exist in none of the namespaces, as far as these could be listed. */
export function missingNames(
  names: readonly string[],
  { items, faults }: Seen,
  kinds: readonly string[],
): readonly Fault[] {
  if (faults.length > 0) return []
  return names
    .filter(name => !items.some(item => item.metadata.name === name))
    .map(name => ({ class: 'Gone', reason: 'NotFound', message: `there is no ${kinds.join(' or ')} named ${name}` }))
}
