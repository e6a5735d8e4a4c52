import { FaultError } from '../api/fault.ts'
import { SECOND } from '../lib/instant.ts'

/** Nobody waits longer for the next try. */
const LONGEST = 30 * SECOND
/** While few are in trouble because nobody answers, one of them asks this often at least, for all. */
const ASKED = 4 * SECOND
/** So many tasks a second ask while nobody answers. */
const RATE = 25
/** Whoever fails so often, for some minutes, although the API server answers, will not work soon. */
const HOPELESS = 15

interface Trouble {
  readonly times: number
  /** How many of them were faults of its own: those before nobody answered count no more. */
  readonly own: number
  /** Nobody answered: a fault of no task. */
  readonly isUnreachable: boolean
}

/**
 * Tasks of which something could not be done, by key: each is tried again, later each time. When nobody answers, all of
 * them ask together often enough to notice when somebody does; then none of them waits for its own time.
 */
export class Troubles {
  readonly #known = new Map<string, Trouble>()
  #unreachable = 0

  /** Returns in how many milliseconds to try again. */
  add(key: string, error: unknown): number {
    const { times = 0, own = 0 } = this.#known.get(key) ?? {}
    this.forget(key)
    const isUnreachable = error instanceof FaultError && error.fault.reason === 'Unreachable'
    this.#known.set(key, { times: times + 1, own: isUnreachable ? 0 : own + 1, isUnreachable })
    if (isUnreachable) this.#unreachable++
    const share = Math.max(ASKED, (this.#unreachable / RATE) * SECOND)
    return Math.min(2 ** (isUnreachable ? times : own) * SECOND, isUnreachable ? Math.min(share, LONGEST) : LONGEST)
  }

  /** Something of a task has worked. Returns whom nobody answered: they need not wait any longer. */
  over(key: string): readonly string[] {
    this.forget(key)
    if (this.#unreachable === 0) return []
    const free = [...this.#known].flatMap(([other, { isUnreachable }]) => (isUnreachable ? [other] : []))
    for (const other of free) this.forget(other)
    return free
  }

  isHopeless(key: string): boolean {
    return (this.#known.get(key)?.own ?? 0) > HOPELESS
  }

  forget(key: string): void {
    if (this.#known.get(key)?.isUnreachable) this.#unreachable--
    this.#known.delete(key)
  }
}
