import type { RunRef } from '../decide/run.ts'
import { spokenOf } from '../decide/task.ts'
import type { Instant } from '../lib/instant.ts'
import { type Lined, type LineUp, lineUp } from './line-up.ts'

export interface Standing extends Omit<Lined, 'slotTime'> {
  readonly run: RunRef
}

/** A run in line for its namespaces. */
interface Waiting extends Standing, Lined {
  readonly since: Instant
}

/** Who waits for which namespaces, and who has them. `onAdmitted`: a run has got all of its own. `onBlocked`: it has not. */
export class NamespaceLine {
  readonly #onAdmitted: (key: string, run: RunRef) => void
  readonly #onBlocked: (key: string, since: Instant) => void
  readonly #waiting = new Map<string, Waiting>()
  /** Namespace → key of the task whose run changes it. */
  readonly #held = new Map<string, string>()
  /** By key: what a task holds that is not at work, and has to know something first. */
  readonly #kept = new Map<string, readonly string[]>()
  /** Those that are held by a run that waits for their end. */
  readonly #ending = new Set<string>()
  #blocked: LineUp['blocked'] = new Map()
  #changed = false

  constructor(onAdmitted: (key: string, run: RunRef) => void, onBlocked: (key: string, since: Instant) => void) {
    this.#onAdmitted = onAdmitted
    this.#onBlocked = onBlocked
  }

  get size(): number {
    return this.#waiting.size
  }

  /** `namespaces`: those of the run that it wants for itself. */
  stand({ key, uid, run, namespaces }: Standing, now: Instant): void {
    const before = this.#waiting.get(key)
    const since = before?.since ?? now
    // A request is dated at its claim: it keeps the place in line that it had when it came.
    const slotTime = before?.run.id === run.id ? before.slotTime : run.slotTime
    this.#waiting.set(key, { key, uid, slotTime, namespaces, run, since })
    this.#admitSoon()
  }

  leave(key: string): void {
    if (this.#waiting.delete(key)) this.#admitSoon()
  }

  release(key: string, namespaces: readonly string[]): void {
    for (const namespace of namespaces) {
      if (this.#held.get(namespace) !== key) continue
      this.#held.delete(namespace)
      this.#ending.delete(namespace)
    }
    this.#admitSoon()
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
  }

  /** What keeps a run waiting, in words, and since when. */
  heldBack(key: string): { readonly since: Instant; readonly message: string } | undefined {
    const waiting = this.#waiting.get(key)
    const blocked = waiting && this.#blocked.get(key)
    if (!blocked) return undefined
    const message = `waiting: ${blocked.namespace} is busy with ${spokenOf(blocked.by, key)}`
    return { since: waiting.since, message }
  }

  /**
   * In a namespace that is being deleted nothing is left to wake, and its tasks must not wait for its end: it waits for
   * theirs, as they keep a finalizer until they have woken what they hold asleep.
   */
  #needed({ run, namespaces }: Waiting): readonly string[] {
    return run.operation === 'wake' ? namespaces.filter(name => !this.#ending.has(name)) : namespaces
  }

  /** Once for all changes of one turn of the event loop. */
  #admitSoon(): void {
    if (this.#changed) return
    this.#changed = true
    queueMicrotask(() => {
      this.#changed = false
      const waiting = [...this.#waiting.values()].map(one => ({ ...one, namespaces: this.#needed(one) }))
      const { admitted, blocked } = lineUp(waiting, this.#held)
      this.#blocked = blocked
      for (const key of blocked.keys()) {
        const waiting = this.#waiting.get(key)
        if (waiting) this.#onBlocked(key, waiting.since)
      }
      for (const { key, namespaces } of admitted) {
        const run = this.#waiting.get(key)?.run
        if (!run || !this.#waiting.delete(key)) continue
        for (const namespace of namespaces) {
          this.#held.set(namespace, key)
          if (run.operation === 'deleteNamespace') this.#ending.add(namespace)
        }
        this.#onAdmitted(key, run)
      }
    })
  }
}
