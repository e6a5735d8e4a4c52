import { type Instant, instantOf, MINUTE } from '../lib/instant.ts'
import type { World } from './decision.ts'
import type { Task } from './task.ts'

/** So long after its end. */
const AFTER = MINUTE
/** A look that no process could make by then is not made up for: who was undone an hour ago is told at the next run. */
const NO_LATER = 10 * MINUTE

/** When it is looked whether the newest change lasts: once. */
export function lookBackTime(
  { status, problem }: Task,
  now: Instant,
  world: Pick<World, 'hasLooked'>,
): Instant | undefined {
  const { lastChange } = status
  if (!lastChange || problem || world.hasLooked(lastChange.id)) return undefined
  const end = instantOf(lastChange.endTime) ?? 0
  return now <= end + AFTER + NO_LATER ? end + AFTER : undefined
}
