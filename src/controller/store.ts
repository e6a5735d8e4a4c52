import type { ScheduledTask } from '../api/task.ts'
import { type Task, taskOf } from '../decide/task.ts'

const GONE_LIMIT = 10_000

/** All tasks as last seen. Watch events and the answers to our own writes go in alike; the newer version wins. */
export class Store {
  /** Called with the key of whatever is new, changed or gone. */
  onChange: (key: string) => void = () => undefined
  readonly #tasks = new Map<string, Task>()
  /** Of tasks that are gone: the answer to a write may come after the news of the deletion. */
  readonly #gone = new Set<string>()
  readonly #ownNamespace: string

  constructor(ownNamespace: string) {
    this.#ownNamespace = ownNamespace
  }

  get size(): number {
    return this.#tasks.size
  }

  get(key: string): Task | undefined {
    return this.#tasks.get(key)
  }

  all(): IterableIterator<Task> {
    return this.#tasks.values()
  }

  keys(): readonly string[] {
    return [...this.#tasks.keys()]
  }

  /** Returns whether anything is new. */
  put(object: ScheduledTask): boolean {
    const task = taskOf(object, this.#ownNamespace)
    const known = this.#tasks.get(task.key)
    if (this.#gone.has(task.uid) || (known && !isNewer(task.version, known.version))) return false
    this.#tasks.set(task.key, task)
    this.onChange(task.key)
    return true
  }

  remove(key: string, uid: string): boolean {
    this.#gone.add(uid)
    for (const oldest of this.#gone) {
      if (this.#gone.size <= GONE_LIMIT) break
      this.#gone.delete(oldest)
    }
    if (this.#tasks.get(key)?.uid !== uid) return false
    this.#tasks.delete(key)
    this.onChange(key)
    return true
  }
}

/** Resource versions are decimal numbers without a bound; a longer one is larger. */
function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length
}
