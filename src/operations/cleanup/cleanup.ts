import type { Spec } from '../../api/task.ts'
import { instantOf, SECOND } from '../../lib/instant.ts'
import { NOTHING, type Operation, type Plan, type Reader, type RunContext, type Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { called, isChanged, targetOf, terminating } from '../shared/items.ts'
import { endOfJob, isJob } from '../shared/jobs.ts'
import { foundKinds, rightsOn } from '../shared/kinds.ts'
import { kindsNamed, listAll } from '../shared/observe.ts'
import { chosen } from '../shared/selector.ts'

type CleanupSpec = NonNullable<Spec['operation']['cleanup']>

/** Deletes what matches and was there before the slot. After an incomplete list nothing is deleted. */
export const cleanup: Operation<CleanupSpec> = {
  name: 'cleanup',
  pastTense: 'deleted',
  already: 'already gone',
  limit: 100,
  rights: async ({ kinds }, discovery) => rightsOn(await foundKinds(kinds, discovery), ['list', 'delete']),
  observe,
  plan,
}

async function observe({ kinds }: CleanupSpec, run: RunContext, read: Reader): Promise<Seen> {
  const named = await kindsNamed(kinds, read)
  if (named.faults.length > 0) return { items: [], faults: named.faults }
  return listAll(read, named.kinds, run)
}

function plan(spec: CleanupSpec, seen: Seen, run: RunContext): Plan {
  const { faults } = seen
  if (faults.length > 0) return { ...NOTHING, faults }
  const matching = chosen(seen.items, spec).filter(item => isDue(item, spec, run))
  // What is on its way out is none of those that are kept: else fewer would be left than the author wants.
  const kept = new Set(newest(matching.filter(isStaying), spec.keepNewest ?? 0))
  const old = matching.filter(item => !kept.has(item) && isOldEnough(item, spec, run))
  return {
    ...NOTHING,
    actions: old.filter(isStaying).map(item => ({
      do: 'Delete',
      target: targetOf(item),
      uid: item.metadata.uid,
      says: `${called(item)}: deleted`,
    })),
    left: old.filter(item => !isStaying(item) && !isChanged(item, run)).map(terminating),
  }
}

function isStaying({ metadata }: Item): boolean {
  return metadata.deletionTimestamp === undefined
}

function createdAt({ metadata }: Item): number {
  return instantOf(metadata.creationTimestamp) ?? Number.POSITIVE_INFINITY
}

/** What came after the slot is none of this run's business, whenever it is made up for. */
function isDue(item: Item, { phases }: CleanupSpec, { slotTime }: RunContext): boolean {
  return createdAt(item) < slotTime && (phases?.includes(phaseOf(item) ?? '') ?? true)
}

function isOldEnough(item: Item, { olderThanSeconds = 0 }: CleanupSpec, { slotTime }: RunContext): boolean {
  return slotTime - createdAt(item) >= olderThanSeconds * SECOND
}

/** A Job has no phase: it tells by conditions how it ended. */
function phaseOf(item: Item): string | undefined {
  if (!isJob(item)) return item.status?.phase
  const end = endOfJob(item)?.type
  return end === undefined ? 'Running' : end === 'Complete' ? 'Succeeded' : 'Failed'
}

/** Of each kind in each namespace; of two that were made in the same second the first by name. */
function newest(items: readonly Item[], count: number): readonly Item[] {
  const alike = Map.groupBy(items, ({ kind, metadata }) => `${kind.kind}.${kind.group}/${metadata.namespace}`)
  const isBefore = (a: Item, b: Item) => createdAt(b) - createdAt(a) || (a.metadata.name < b.metadata.name ? -1 : 1)
  return [...alike.values()].flatMap(some => some.toSorted(isBefore).slice(0, count))
}
