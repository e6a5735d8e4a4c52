import type { Problem } from './read-spec.ts'
import type { Task } from './task.ts'

/**
 * After `suspendAfterFailures` failures in a row nothing but a wake is scheduled any more. It closes when the spec changes
 * or a run on request succeeds: both set the count back to 0.
 */
export function isBroken({ spec, status }: Task): boolean {
  return spec.suspendAfterFailures > 0 && (status.consecutiveFailures ?? 0) >= spec.suspendAfterFailures
}

export function breakerProblem(task: Task): Problem | undefined {
  if (!isBroken(task)) return undefined
  const { consecutiveFailures, lastMessage = '' } = task.status
  const message = `${consecutiveFailures} runs in a row have failed (spec.suspendAfterFailures: ${task.spec.suspendAfterFailures}): nothing is scheduled until the spec is edited or a run on request succeeds`
  return {
    reason: 'TooManyFailures',
    message: lastMessage === '' ? message : `${message}; the last one said: ${lastMessage}`,
  }
}
