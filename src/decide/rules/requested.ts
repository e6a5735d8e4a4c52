import { targetNamespaces } from '../../api/task.ts'
import type { Rule } from '../decision.ts'
import { newRequest } from '../requests.ts'
import { runId } from '../run.ts'
import { start } from '../start.ts'

/** `rota.dev/run` with a new token: run now, whether suspended or not. Does not move the next slot. */
export const requested: Rule = situation => {
  const { task, now } = situation
  const token = newRequest(task)
  if (token === undefined) return undefined
  const run = {
    id: runId(task.uid, task.operation, 'Request', token),
    operation: task.operation,
    reason: 'Request',
    slotTime: now,
    due: now,
    namespaces: targetNamespaces(task.spec, task.namespace),
    token,
  } as const
  return start(situation, 'requested', run, [], `requested by ${token}`)
}
