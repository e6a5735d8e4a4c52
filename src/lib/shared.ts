import { isObject } from './json.ts'

/** So many values are remembered, of this length at most as text: what many have in common is small. */
const REMEMBERED = 5_000
const LONGEST = 2_000

const known = new Map<string, unknown>()

/**
 * The same value; the objects and arrays in it, and itself, are those of an earlier one where they are alike. Nobody may
 * change what is shared.
 * @param value JSON
 */
export function shared<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const text = JSON.stringify(value)
  if (text.length > LONGEST) return value
  const before = known.get(text)
  if (before !== undefined) return before as T
  const made = Array.isArray(value) ? value.map(shared) : isObject(value) ? partsShared(value) : value
  for (const oldest of known.keys()) {
    if (known.size < REMEMBERED) break
    known.delete(oldest)
  }
  known.set(text, made)
  return made as T
}

function partsShared(object: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(object).map(([name, part]) => [name, shared(part)]))
}
