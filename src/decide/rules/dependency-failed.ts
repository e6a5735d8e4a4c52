import type { Rule } from '../decision.ts'
import { dependenciesOf } from '../dependencies.ts'
import { owedSlot } from '../slots.ts'
import { missedBefore, notRun } from '../unstarted.ts'

/** `dependsOn`: what comes first did not succeed, so this slot is skipped. */
export const dependencyFailed: Rule = ({ task, now, world }) => {
  const slot = owedSlot(task, now, world)
  const outcome = slot && dependenciesOf(task, slot, now, world)
  if (!slot || outcome?.verdict !== 'Failed') return undefined
  const { message } = outcome
  const skipped = notRun(task, slot, { result: 'Skipped', reason: 'DependencyFailed', message, count: 1 })
  return { rule: 'dependencyFailed', do: 'Write', message, events: [...missedBefore(task, slot, now), skipped] }
}
