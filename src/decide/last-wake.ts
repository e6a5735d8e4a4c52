import { type Instant, instantOf } from '../lib/instant.ts'
import type { Decision, Situation } from './decision.ts'
import { skewedClock } from './rules/skewed-clock.ts'
import { runId } from './run.ts'
import { startWake } from './start.ts'
import type { Task } from './task.ts'

/** The wake before a task, or Rota, goes: of all that the task holds asleep, dated at what made it necessary. */
export function lastWake(
  situation: Situation,
  rule: string,
  namespaces: readonly string[],
  message: string,
  at: Instant,
): Decision {
  return skewedClock(situation) ?? startWake(situation, rule, namespaces, message, at)
}

/** Whether that wake has been tried. It is known by its date, so no two clocks are compared. */
export function hasTriedLastWake({ uid, spec, status }: Task, at: Instant): boolean {
  if (instantOf(status.lastSlotTime) !== at) return false
  return spec.historyLimit === 0 || status.history?.[0]?.id === runId(uid, 'wake', 'Schedule', at)
}
