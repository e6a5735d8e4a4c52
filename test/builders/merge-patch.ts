import { isObject, type Json } from '../../src/lib/json.ts'

/** RFC 7396: `null` removes a member, objects are merged, all else replaces. */
export function mergePatched(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged: Record<string, Json | undefined> = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else if (value !== undefined) merged[key] = mergePatched(merged[key], value)
  }
  return merged
}
