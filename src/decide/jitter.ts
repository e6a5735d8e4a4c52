import { hashFraction } from '../lib/hash.ts'
import { type Instant, rfc3339, SECOND } from '../lib/instant.ts'
import type { Task } from './task.ts'

/**
 * When the run of a slot is due: up to `jitterSeconds` after it, the same at each look, and always before the next slot.
 * @param next the slot after this one, if there is one
 */
export function dueTime(task: Task, slot: Instant, next: Instant | undefined): Instant {
  const { jitterSeconds } = task.spec
  if (jitterSeconds === 0) return slot
  const choices = Math.min(jitterSeconds + 1, next === undefined ? Number.POSITIVE_INFINITY : (next - slot) / SECOND)
  return slot + Math.floor(hashFraction(task.uid, rfc3339(slot)) * choices) * SECOND
}
