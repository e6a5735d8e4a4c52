import { isObject, sameJson } from '../../lib/json.ts'
import type { Item } from '../item.ts'

/** So many fields are named. */
const NAMED = 3
/** What changes with every write, or is none of the author's. */
const IGNORED = new Set([
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.generation',
  'kind',
  'apiVersion',
])

/** Whether two versions of an object say the same. */
export function isSame(before: Item, after: Item): boolean {
  return differences(before, after, '').length === 0
}

/** The fields in which two versions of an object differ: `spec.replicas, metadata.labels.tier and 2 more`. */
export function changedFields(before: Item, after: Item): string {
  const paths = differences(before, after, '')
  const named = paths.slice(0, NAMED).join(', ')
  return paths.length > NAMED ? `${named} and ${paths.length - NAMED} more` : named
}

function differences(a: unknown, b: unknown, path: string): readonly string[] {
  if (IGNORED.has(path) || isNothing(a, b) || sameJson(a, b)) return []
  if (!isObject(a) || !isObject(b)) return [path]
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].flatMap(key => differences(a[key], b[key], path === '' ? key : `${path}.${key}`))
}

/** An empty map that one of the two does not have. */
function isNothing(a: unknown, b: unknown): boolean {
  const isEmpty = (value: unknown) => value === undefined || (isObject(value) && Object.keys(value).length === 0)
  return isEmpty(a) && isEmpty(b)
}
