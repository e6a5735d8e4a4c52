import { cachedSuccess } from '../cache.ts'
import type { Rule } from '../decision.ts'
import { owedSlot } from '../slots.ts'
import { notRun } from '../unstarted.ts'

/** `cacheSeconds`: a run after others is answered by the last success, if that is young enough. */
export const cached: Rule = ({ task, now, world }) => {
  const slot = owedSlot(task, now, world)
  const message = slot?.reason === 'Dependency' ? cachedSuccess(task, now) : undefined
  if (!slot || message === undefined) return undefined
  const events = [notRun(task, slot, { result: 'Skipped', reason: 'Cached', message, count: 1 })]
  return { rule: 'cached', do: 'Write', message, events }
}
