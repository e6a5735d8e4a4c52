import type { Task } from './task.ts'

/** The token of `rota.dev/run`, `wake` or `cancel`, unless it has been answered. */
export function newToken(task: Task, request: 'run' | 'wake' | 'cancel'): string | undefined {
  const token = task.requests[request]
  return token === task.status.handled?.[request] ? undefined : token
}

/** A cancel token in the form of a run's id cancels only that run. */
export function namesOtherRun(token: string, id: string): boolean {
  return /^[0-9a-f]{16}$/.test(token) && token !== id
}
