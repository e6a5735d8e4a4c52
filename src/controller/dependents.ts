import { keyOf, type Task } from '../decide/task.ts'

/** Who depends on whom, by key, also on tasks that do not exist. */
export class Dependents {
  readonly #of = new Map<string, Set<string>>()

  /** A task is new, changed or gone. */
  follow(before: Task | undefined, after: Task | undefined): void {
    for (const key of upstreamOf(before)) this.#of.get(key)?.delete(before?.key ?? '')
    for (const key of upstreamOf(after)) {
      const known = this.#of.get(key)
      if (known) known.add(after?.key ?? '')
      else this.#of.set(key, new Set(after ? [after.key] : []))
    }
    for (const key of upstreamOf(before)) if (this.#of.get(key)?.size === 0) this.#of.delete(key)
  }

  /** All that depend on this task, also by way of others. */
  of(key: string): ReadonlySet<string> {
    const found = new Set(this.#of.get(key))
    for (const dependent of found) for (const next of this.#of.get(dependent) ?? []) found.add(next)
    return found
  }
}

function upstreamOf(task: Task | undefined): readonly string[] {
  return (task?.spec.dependsOn ?? []).map(({ name }) => keyOf(task?.namespace ?? '', name))
}
