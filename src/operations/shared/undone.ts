import { FIELD_MANAGER } from '../../api/names.ts'
import type { RunContext, Undone } from '../contract.ts'
import type { Item, ManagedFields } from '../item.ts'
import { isDone, targetOf } from './items.ts'
import { described, type Level, levelOf, pathOfLevel } from './level.ts'

/**
 * Objects that carry the mark of a run and have been brought to another level since, by somebody else: their field is his
 * now. `isUndone` judges the level that an object has by now.
 */
export function undone(
  items: readonly Item[],
  run: RunContext,
  isUndone: (item: Item, level: Level) => boolean,
): readonly Undone[] {
  return items
    .filter(item => isDone(item, run) && item.metadata.deletionTimestamp === undefined)
    .filter(item => isUndone(item, levelOf(item)))
    .flatMap(item => {
      const owner = ownerOf(item.metadata.managedFields ?? [], pathOfLevel(item))
      if (owner?.manager === FIELD_MANAGER) return []
      const by = owner && { manager: owner.manager, ...(owner.subresource && { subresource: owner.subresource }) }
      return [{ target: targetOf(item), says: described(levelOf(item)), ...(by && { by }) }]
    })
}

/** Who wrote a field last, of those that own it now. */
function ownerOf(managed: readonly ManagedFields[], path: readonly string[]): ManagedFields | undefined {
  return managed
    .filter(({ fieldsV1 }) => owns(fieldsV1, path))
    .toSorted((a, b) => (a.time ?? '').localeCompare(b.time ?? ''))
    .at(-1)
}

function owns(fields: object | undefined, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true
  const below = (fields as Readonly<Record<string, object>> | undefined)?.[`f:${first}`]
  return below !== undefined && owns(below, rest)
}
