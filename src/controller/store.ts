import type { ScheduledTask, Status } from '../api/task.ts'
import { cycleThrough, judged } from '../decide/cycle.ts'
import type { Bounds } from '../decide/read-spec.ts'
import { keyOf, type Task, taskOf } from '../decide/task.ts'
import { sameJson } from '../lib/json.ts'
import { packed } from '../lib/packed.ts'
import { shared } from '../lib/shared.ts'
import { ActiveRuns } from './active-runs.ts'
import { Dependents } from './dependents.ts'

const GONE_LIMIT = 10_000

/** All tasks as last seen. Watch events and the answers to our own writes go in alike; the newer version wins. */
export class Store {
  /** Called with the key of whatever is new, changed or gone. */
  onChange: (key: string) => void = () => undefined
  readonly #tasks = new Map<string, Task>()
  /** Of tasks that are gone: the answer to a write may come after the news of the deletion. */
  readonly #gone = new Set<string>()
  readonly #bounds: Bounds
  readonly #dependents = new Dependents()
  readonly #activeRuns = new ActiveRuns()

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /** Where Rota itself lives. */
  get ownNamespace(): string {
    return this.#bounds.ownNamespace
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

  /** Keys of the tasks that have a run which is active in a namespace. */
  activeIn(namespace: string): ReadonlySet<string> {
    return this.#activeRuns.of(namespace)
  }

  /** Keys of all tasks that depend on this one, also by way of others. */
  dependentsOf(key: string): ReadonlySet<string> {
    return this.#dependents.of(key)
  }

  /** Returns whether anything is new. */
  put(object: ScheduledTask): boolean {
    const { namespace, name, uid, resourceVersion } = object.metadata
    const known = this.#tasks.get(keyOf(namespace, name))
    // Before anything is read: our own writes come back as events, and a spec may hold 64 KiB of manifests.
    if (this.#gone.has(uid) || (known && !isNewer(resourceVersion, known.version))) return false
    const task = compact(taskOf(object, this.#bounds, known), known)
    this.#replace(task.key, known, task)
    return true
  }

  remove(key: string, uid: string): boolean {
    this.#gone.add(uid)
    for (const oldest of this.#gone) {
      if (this.#gone.size <= GONE_LIMIT) break
      this.#gone.delete(oldest)
    }
    return this.forget(key, uid)
  }

  /** What was asked for and is not there, which only the watch knows for certain: whatever is heard of it brings it back. */
  forget(key: string, uid: string): boolean {
    const known = this.#tasks.get(key)
    if (known?.uid !== uid) return false
    this.#replace(key, known, undefined)
    return true
  }

  /**
   * The list of a namespace, or of all, is complete: what it does not hold is gone, unless it was seen later than that list,
   * which a server that lags behind has given.
   */
  listed(uids: ReadonlySet<string>, version: string, namespace: string | undefined): void {
    for (const task of [...this.#tasks.values()]) {
      const isIn = namespace === undefined || task.namespace === namespace
      if (isIn && !uids.has(task.uid) && !isNewer(task.version, version)) this.remove(task.key, task.uid)
    }
  }

  #replace(key: string, known: Task | undefined, task: Task | undefined): void {
    const sameWay = sameJson(known?.spec.dependsOn, task?.spec.dependsOn)
    const wasInCycle = !sameWay && known !== undefined && this.#cycle(known) !== undefined
    if (task) this.#tasks.set(key, task)
    else this.#tasks.delete(key)
    this.#dependents.follow(known, task)
    this.#activeRuns.follow(known, task)
    if (task) this.#tasks.set(key, this.#judge(task))
    this.onChange(key)
    const isInCycle = !sameWay && task !== undefined && this.#cycle(task) !== undefined
    if (wasInCycle || isInCycle) this.#judgeAgain(this.#dependents.of(key))
  }

  /** Whoever is in a cycle with a task also depends on it. */
  #judgeAgain(keys: ReadonlySet<string>): void {
    for (const key of keys) {
      const known = this.#tasks.get(key)
      const task = known && this.#judge(known)
      if (!task || sameJson(task.problem, known.problem)) continue
      this.#tasks.set(key, task)
      this.onChange(key)
    }
  }

  #judge(task: Task): Task {
    return judged(task, other => this.#tasks.get(keyOf(task.namespace, other)))
  }

  #cycle({ namespace, name }: Task): readonly string[] | undefined {
    return cycleThrough(name, other => this.#tasks.get(keyOf(namespace, other)))
  }
}

/** Resource versions are decimal numbers without a bound; a longer one is larger. */
function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length
}

/** What is looked at of every task, for metrics above all. */
const OFTEN_READ: readonly (keyof Status)[] = [
  'phase',
  'activeRun',
  'sleeping',
  'nextRunTime',
  'lastSuccessfulTime',
  'consecutiveFailures',
]

/** Of fifty thousand tasks most say the same by their specs, and what their statuses say is read for a run, and by people. */
function compact(task: Task, known: Task | undefined): Task {
  const spec = task.spec === known?.spec ? task.spec : shared(task.spec)
  const [finalizers, requests] = [shared(task.finalizers), shared(task.requests)]
  // Whose run is under way is written again soon: to pack that too, and unpack it, would be half of the work.
  const status = task.status.activeRun ? task.status : packed(task.status, OFTEN_READ)
  return { ...task, spec, finalizers, requests, status }
}
