import { idOf, type Target } from '../api/fault.ts'
import type { LeftOut } from '../operations/contract.ts'

/** A change of an object, and what is said of it: `Deployment/web: replicas 3 → 0`. */
export interface Change {
  readonly target: Target
  readonly says: string
  /** What was left as it is all the same, and why: once it is changed no plan tells of it any more. */
  readonly left?: LeftOut
}

/** What a run has changed so far, also when an attempt does not come to its end. */
export class Progress {
  /** How many actions of the newest round found their object as they want it. */
  same = 0
  /** What has to happen by itself. */
  pending: string | undefined
  /** What did not work in the newest round, one line each. */
  failed: string[] = []
  readonly #lines: Map<string, Change>
  /** Ids in the order of the plans. */
  readonly #planned = new Map<string, number>()
  readonly #changed: (change: Change) => void
  readonly #namespaces: readonly string[]

  /**
   * @param earlier what earlier attempts are known to have changed
   * @param namespaces where it works: of one alone nothing need be said
   */
  constructor(earlier: readonly Change[], changed: (change: Change) => void, namespaces: readonly string[]) {
    this.#lines = new Map(earlier.map(change => [idOf(change.target), change]))
    this.#changed = changed
    this.#namespaces = namespaces
  }

  get size(): number {
    return this.#lines.size
  }

  get targets(): readonly Target[] {
    return [...this.#lines.values()].map(({ target }) => target)
  }

  /** In the order of the plan, whatever was done first. */
  get lines(): readonly string[] {
    const place = ({ target }: Change) => this.#planned.get(idOf(target)) ?? -1
    const inOrder = [...this.#lines.values()].toSorted((a, b) => place(a) - place(b))
    return inOrder.map(({ target, says }) => this.placed(target, says))
  }

  /** `Deployment/web: …`, or `team-a/Deployment/web: …` where there are several namespaces. */
  placed({ kind, namespace }: Target, says: string): string {
    return this.#namespaces.length > 1 && !kind.cluster ? `${namespace}/${says}` : says
  }

  /** How many objects these are, with what was changed before. */
  union(more: readonly Target[]): number {
    return new Set([...this.#lines.keys(), ...more.map(idOf)]).size
  }

  /** What is left out by the newest plan, and by those before it. */
  left(newest: readonly LeftOut[]): readonly LeftOut[] {
    const known = new Set(newest.map(({ target }) => idOf(target)))
    const before = [...this.#lines.values()].flatMap(({ left }) => left ?? [])
    return [...newest, ...before.filter(({ target }) => !known.has(idOf(target)))]
  }

  planned(targets: readonly Target[]): void {
    for (const target of targets) {
      if (!this.#planned.has(idOf(target))) this.#planned.set(idOf(target), this.#planned.size)
    }
  }

  did(change: Change): void {
    this.#lines.set(idOf(change.target), change)
    this.#changed(change)
  }

  /** Objects that carry the run's mark: changed by it, in this attempt or before. */
  found(targets: readonly Target[]): void {
    for (const target of targets) {
      const says = `${target.kind.kind}/${target.name}: done in an earlier attempt`
      if (!this.#lines.has(idOf(target))) this.#lines.set(idOf(target), { target, says })
    }
  }
}
