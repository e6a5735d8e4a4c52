import type { Rule } from '../decision.ts'
import { startWake } from '../start.ts'
import { leavesAsleep, uncovered } from '../uncovered.ts'
import { wakeRetryTime } from '../wake-retry.ts'

/** An edit dropped a namespace, or the sleep itself, while something sleeps there: it is woken (or left, with `Leave`). */
export const leftBehind: Rule = situation => {
  const { task, now } = situation
  const namespaces = uncovered(task)
  if (namespaces.length === 0) return undefined
  const names = namespaces.join(', ')
  if (leavesAsleep(task)) {
    const message = `${names}: no longer a target, left asleep`
    return { rule: 'leftBehind', do: 'Write', message, events: [{ event: 'LeftAsleep', namespaces }] }
  }
  if (wakeRetryTime(task, now) > now) return undefined
  return startWake(situation, 'leftBehind', namespaces, `${names}: no longer a target, wakes`)
}
