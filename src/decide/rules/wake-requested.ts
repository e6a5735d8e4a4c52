import { rfc3339 } from '../../lib/instant.ts'
import { isBroken } from '../breaker.ts'
import type { Rule } from '../decision.ts'
import { newToken } from '../requests.ts'
import { runId } from '../run.ts'
import { newestSlot, settledUntil } from '../slots.ts'
import { start } from '../start.ts'
import type { Task } from '../task.ts'
import { missedBefore, notRun } from '../unstarted.ts'

/** `rota.dev/wake` with a new token: a sleep task wakes now, and sleeps again at its next sleep slot. */
export const wakeRequested: Rule = situation => {
  const { task, now } = situation
  const token = newToken(task, 'wake')
  if (token === undefined) return undefined
  if (task.operation !== 'sleep') {
    const message = `nothing to wake for request ${token}: the operation is ${task.operation}`
    return { rule: 'wakeRequested', do: 'Write', message, events: [{ event: 'Handled', wake: token }] }
  }
  const run = {
    id: runId(task.uid, 'wake', 'Request', token),
    operation: 'wake',
    reason: 'Request',
    slotTime: now,
    due: now,
    request: { name: 'wake', token },
  } as const
  return start(situation, 'wakeRequested', run, waitingSleep(task, now, token), `a wake was requested by ${token}`)
}

/** A sleep that waits, be it for the end of a hold, would put to sleep again at once. */
function waitingSleep(task: Task, now: number, token: string) {
  if (task.spec.suspend || isBroken(task)) return []
  const slot = newestSlot(task, now)
  if (slot?.operation !== 'sleep' || slot.at <= settledUntil(task, now)) return []
  const message = `the sleep of ${rfc3339(slot.at)} waited when a wake was requested by ${token}`
  const cancelled = notRun(task, slot, { result: 'Cancelled', reason: 'WakeRequested', message, count: 1 })
  return [...missedBefore(task, slot, now), cancelled]
}
