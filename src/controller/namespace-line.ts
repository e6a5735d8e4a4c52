import type { RunRef } from '../decide/run.ts'
import { WAITING_AFTER } from '../decide/start.ts'
import { spokenOf } from '../decide/task.ts'
import { type Instant, SECOND } from '../lib/instant.ts'
import { inOrder, leave, type Placed } from './order.ts'

/** A run that is ready but for its namespaces. */
export interface Standing {
  readonly key: string
  readonly uid: string
  readonly run: RunRef
  /** Those that it wants for itself. */
  readonly namespaces: readonly string[]
}

/** A run in line for its namespaces. */
interface Waiting extends Standing, Placed {
  readonly since: Instant
  run: RunRef
}

/**
 * Runs that change one namespace go one after the other, in the order of their slots: a run gets all its namespaces at
 * once or none, and nobody with a later slot overtakes there (it would starve a run over many namespaces). So a run gets
 * in when each of them is free, and it is the first who wants it: only that is looked at, however many wait.
 * `onAdmitted`: a run has got all of its own. `onBlocked`: it has stood in line, and has not.
 */
export class NamespaceLine {
  readonly #onAdmitted: (key: string, run: RunRef) => void
  readonly #onBlocked: (key: string, since: Instant) => void
  readonly #waiting = new Map<string, Waiting>()
  /** Namespace → who wants it, in order. */
  readonly #lines = new Map<string, Waiting[]>()
  /** Namespace → key of the task whose run changes it. */
  readonly #held = new Map<string, string>()
  /** By key: what a task holds that is not at work, and has to know something first. */
  readonly #kept = new Map<string, readonly string[]>()
  /** Those that are held by a run that waits for their end. */
  readonly #ending = new Set<string>()
  /** Who may get in by what has changed in this turn of the event loop. */
  readonly #candidates = new Set<Waiting>()

  constructor(onAdmitted: (key: string, run: RunRef) => void, onBlocked: (key: string, since: Instant) => void) {
    this.#onAdmitted = onAdmitted
    this.#onBlocked = onBlocked
  }

  get size(): number {
    return this.#waiting.size
  }

  stand({ key, uid, run, namespaces }: Standing, now: Instant): void {
    const before = this.#waiting.get(key)
    // A request is dated at its claim: it keeps the place in line that it had when it came.
    const slotTime = before?.run.id === run.id ? before.slotTime : run.slotTime
    const one = { key, uid, slotTime, namespaces: [...new Set(namespaces)], run, since: before?.since ?? now }
    if (before && isSamePlace(before, one)) {
      before.run = run
      return this.#consider(before)
    }
    if (before) this.#takeOut(before)
    this.#waiting.set(key, one)
    for (const namespace of one.namespaces) inOrder(this.#lineFor(namespace), one)
    if (before) this.#lookAt(before.namespaces)
    this.#consider(one)
  }

  leave(key: string): void {
    const one = this.#waiting.get(key)
    if (!one) return
    this.#takeOut(one)
    this.#lookAt(one.namespaces)
  }

  release(key: string, namespaces: readonly string[]): void {
    const released = namespaces.filter(namespace => this.#held.get(namespace) === key)
    for (const namespace of released) {
      this.#held.delete(namespace)
      this.#ending.delete(namespace)
    }
    this.#lookAt(released)
  }

  /** Instead of a release: nobody else gets them before `letGo`. */
  keep(key: string, namespaces: readonly string[]): void {
    this.#kept.set(key, namespaces)
  }

  keeps(key: string): boolean {
    return this.#kept.has(key)
  }

  /** Releases what it keeps, if anything. */
  letGo(key: string): void {
    const namespaces = this.#kept.get(key)
    if (this.#kept.delete(key)) this.release(key, namespaces ?? [])
  }

  clear(): void {
    this.#waiting.clear()
    this.#lines.clear()
    this.#candidates.clear()
  }

  /** What keeps a run waiting, in words, and since when. */
  heldBack(key: string): { readonly since: Instant; readonly message: string } | undefined {
    const waiting = this.#waiting.get(key)
    const obstacle = waiting && this.#obstacle(waiting)
    if (!obstacle) return undefined
    const message = `waiting: ${obstacle.namespace} is busy with ${spokenOf(obstacle.by, key)}`
    return { since: waiting.since, message }
  }

  #lineFor(namespace: string): Waiting[] {
    const line = this.#lines.get(namespace) ?? []
    this.#lines.set(namespace, line)
    return line
  }

  #takeOut(one: Waiting): void {
    this.#waiting.delete(one.key)
    this.#candidates.delete(one)
    for (const namespace of one.namespaces) {
      const line = this.#lines.get(namespace) ?? []
      leave(line, one)
      if (line.length === 0) this.#lines.delete(namespace)
    }
  }

  /**
   * In a namespace that is being deleted nothing is left to wake, and its tasks must not wait for its end: it waits for
   * theirs, as they keep a finalizer until they have woken what they hold asleep.
   */
  #needed({ run, namespaces }: Waiting): readonly string[] {
    return run.operation === 'wake' ? namespaces.filter(name => !this.#ending.has(name)) : namespaces
  }

  /** Who has, or wants before it, what it needs. */
  #obstacle(one: Waiting): { readonly by: string; readonly namespace: string } | undefined {
    for (const namespace of this.#needed(one)) {
      const holder = this.#held.get(namespace)
      if (holder !== undefined) return { by: holder, namespace }
      const [first] = this.#lines.get(namespace) ?? []
      if (first && first !== one) return { by: first.key, namespace }
    }
    return undefined
  }

  /** The first of those who want them. */
  #lookAt(namespaces: readonly string[]): void {
    for (const namespace of namespaces) {
      const [first] = this.#lines.get(namespace) ?? []
      if (first && !this.#held.has(namespace)) this.#consider(first)
    }
  }

  /** Once for all changes of one turn of the event loop. */
  #consider(one: Waiting): void {
    if (this.#candidates.size === 0) queueMicrotask(() => this.#admit())
    this.#candidates.add(one)
  }

  #admit(): void {
    const candidates = inOrder([], ...this.#candidates)
    this.#candidates.clear()
    for (const one of candidates) {
      // What is done for one may end the waiting of another.
      if (this.#waiting.get(one.key) !== one) continue
      if (this.#obstacle(one)) this.#onBlocked(one.key, one.since)
      else this.#letIn(one)
    }
  }

  #letIn(one: Waiting): void {
    const { key, run } = one
    const needed = this.#needed(one)
    this.#takeOut(one)
    for (const namespace of needed) {
      this.#held.set(namespace, key)
      if (run.operation === 'deleteNamespace') this.#end(namespace)
    }
    this.#onAdmitted(key, run)
  }

  #end(namespace: string): void {
    this.#ending.add(namespace)
    for (const one of this.#lines.get(namespace) ?? []) if (one.run.operation === 'wake') this.#consider(one)
  }
}

/** When to look at a run again that has waited since then: to say so, and with thousands in line the less often, the longer that is. */
export function nextLook(since: Instant, now: Instant): Instant {
  return Math.max(since + WAITING_AFTER, now + SECOND, now + (now - since) / 10)
}

function isSamePlace(a: Waiting, b: Waiting): boolean {
  const isSame = a.uid === b.uid && a.slotTime === b.slotTime && a.namespaces.length === b.namespaces.length
  return isSame && a.namespaces.every((namespace, n) => namespace === b.namespaces[n])
}
