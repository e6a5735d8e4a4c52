import { type Instant, instantOf } from '../lib/instant.ts'
import { isArmed } from './armed.ts'
import { isBroken } from './breaker.ts'
import type { World } from './decision.ts'
import { dueTime } from './jitter.ts'
import type { Slot } from './slot.ts'
import type { Task } from './task.ts'

/**
 * The slot of a task without a schedule that depends on others: the oldest of their last successful slots. It is due when
 * the last of them has succeeded. Whether it is owed is another question: it may be settled.
 */
export function afterOthers(task: Task, now: Instant, { dependency }: Pick<World, 'dependency'>): Slot | undefined {
  const { dependsOn = [] } = task.spec
  if (dependsOn.length === 0 || !isArmed(task, now) || isBroken(task)) return undefined
  let at = Number.POSITIVE_INFINITY
  let ready = 0
  for (const { name } of dependsOn) {
    const { lastSuccessfulSlotTime, lastSuccessfulTime } = dependency(name)?.status ?? {}
    at = Math.min(at, instantOf(lastSuccessfulSlotTime) ?? 0)
    ready = Math.max(ready, instantOf(lastSuccessfulTime) ?? 0)
  }
  return { operation: task.operation, reason: 'Dependency', at, due: ready + dueTime(task, at, undefined) - at }
}
