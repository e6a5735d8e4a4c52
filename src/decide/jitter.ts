import { hashFraction } from '../lib/hash.ts'
import { type Instant, rfc3339, SECOND } from '../lib/instant.ts'
import type { Task } from './task.ts'

/**
 * When the run of a slot is due: up to `jitterSeconds` after it, the same at each look, and always before the next slot. To the
 * millisecond: of thousands within some minutes, dozens would else be due in the same instant, and wait for each other.
 * @param next the slot after this one, if there is one
 */
export function dueTime(task: Task, slot: Instant, next: Instant | undefined): Instant {
  const { jitterSeconds } = task.spec
  if (jitterSeconds === 0) return slot
  const longest = Math.min(jitterSeconds * SECOND, next === undefined ? Number.POSITIVE_INFINITY : next - slot - 1)
  return slot + Math.floor(hashFraction(task.uid, rfc3339(slot)) * (longest + 1))
}
