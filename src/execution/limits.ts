import { count, number } from '../lib/text.ts'

/** `spec.maxAffected`: how many objects a run may change. */
export interface Limits {
  readonly objects?: number
  /** Of all objects that were seen, rounded down. */
  readonly percent?: number
}

/**
 * Why a plan is refused; `undefined` when it is within its limits. `affected`: of `total` objects that were seen.
 * `isDefault`: the author has not set `objects`.
 */
export function excess(
  { objects, percent }: Limits,
  affected: number,
  total: number,
  isDefault = false,
): string | undefined {
  if (objects !== undefined && affected > objects) {
    const set = isDefault ? ' unless set' : ''
    return `would change ${count(affected, 'object')}, and spec.maxAffected.objects is ${objects}${set}`
  }
  if (percent === undefined) return undefined
  const most = Math.floor((total * percent) / 100)
  if (affected <= most) return undefined
  return `would change ${number(affected)} of ${count(total, 'object')}, and spec.maxAffected.percent is ${percent}, which is ${number(most)}`
}
