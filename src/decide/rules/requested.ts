import { cachedSuccess } from '../cache.ts'
import type { Rule } from '../decision.ts'
import { newToken } from '../requests.ts'
import { runId } from '../run.ts'
import { start } from '../start.ts'
import { notRunRequest } from '../unstarted.ts'

/**
 * `rota.dev/run` with a new token: run now, whatever suspend, hold, breaker and dependencies say. Does not move the next
 * slot. With `cacheSeconds` a young success is the answer.
 */
export const requested: Rule = situation => {
  const { task, now } = situation
  const token = newToken(task, 'run')
  if (token === undefined) return undefined
  const { operation } = task
  const request = { name: 'run', token } as const
  const message = cachedSuccess(task, now)
  if (message !== undefined) {
    const why = { result: 'Skipped', reason: 'Cached', message, count: 1 } as const
    const events = notRunRequest(task, operation, request, now, why)
    return { rule: 'requested', do: 'Write', message, events }
  }
  const run = {
    id: runId(task.uid, operation, 'Request', token),
    operation,
    reason: 'Request',
    slotTime: now,
    due: now,
    request,
  } as const
  return start(situation, 'requested', run, [], `requested by ${token}`)
}
