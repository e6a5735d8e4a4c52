import type { Task } from './task.ts'

/** The token of `rota.dev/run`, unless it has been answered. */
export function newRequest(task: Task): string | undefined {
  const { run } = task.requests
  return run === task.status.handled?.run ? undefined : run
}

/** The token of `rota.dev/cancel`, unless it has been answered. */
export function newCancel(task: Task): string | undefined {
  const { cancel } = task.requests
  return cancel === task.status.handled?.cancel ? undefined : cancel
}

/** A cancel token in the form of a run's id cancels only that run. */
export function namesOtherRun(token: string, id: string): boolean {
  return /^[0-9a-f]{16}$/.test(token) && token !== id
}
