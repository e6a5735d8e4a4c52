import { occupied } from '../decide/run.ts'
import type { Task } from '../decide/task.ts'

/** Which tasks have a run that is active in a namespace, as their statuses say; a pause between attempts frees it. */
export class ActiveRuns {
  readonly #in = new Map<string, Set<string>>()

  /** A task is new, changed or gone. */
  follow(before: Task | undefined, after: Task | undefined): void {
    if (before?.status.activeRun === after?.status.activeRun) return
    for (const name of namespacesOf(before)) {
      const keys = this.#in.get(name)
      keys?.delete(before?.key ?? '')
      if (keys?.size === 0) this.#in.delete(name)
    }
    for (const name of namespacesOf(after)) {
      const keys = this.#in.get(name) ?? new Set()
      this.#in.set(name, keys.add(after?.key ?? ''))
    }
  }

  /** Keys of tasks. */
  of(namespace: string): ReadonlySet<string> {
    return this.#in.get(namespace) ?? NONE
  }
}

const NONE: ReadonlySet<string> = new Set()

function namespacesOf(task: Task | undefined): readonly string[] {
  const run = task?.status.activeRun
  return run && run.nextAttemptTime === undefined ? occupied(run) : []
}
