import type { Fault } from '../../src/api/fault.ts'
import type { Account, Admitted, Carried, Targets } from '../../src/execution/ports.ts'
import type { Action, Item } from '../../src/operations/contract.ts'
import { applied } from './items.ts'

interface Answers {
  /** What becomes of an action; `undefined`: it is carried out. */
  readonly carry?: (action: Action, time: number) => Carried | Promise<Carried | undefined> | undefined
  readonly admit?: (namespaces: readonly string[]) => Admitted
  /** Before each list. */
  readonly listing?: (time: number) => void | Promise<void>
}

/** Objects in memory, with the preconditions of the API server. */
export class MemoryTargets implements Targets {
  items: readonly Item[]
  /** What was asked for, in order. */
  readonly carried: Action[] = []
  /** Names of those who asked. */
  readonly accounts = new Set<string>()
  lists = 0
  readonly #answers: Answers

  constructor(items: readonly Item[], answers: Answers = {}) {
    this.items = items
    this.#answers = answers
  }

  as({ namespace, name }: Account, purpose: string, signal: AbortSignal): ReturnType<Targets['as']> {
    this.accounts.add(`${namespace}/${name} for ${purpose}`)
    const { listing } = this.#answers
    const found = (kind: string, namespace: string) =>
      this.items.filter(item => item.kind.kind === kind && item.metadata.namespace === namespace)
    const counted = () => ++this.lists
    return {
      async *list(kind, namespace) {
        const time = counted()
        await listing?.(time)
        signal.throwIfAborted()
        yield found(kind.kind, namespace)
      },
      carryOut: action => this.#carryOut(action),
    }
  }

  async admit(_: Account, namespaces: readonly string[]): Promise<Admitted> {
    return this.#answers.admit?.(namespaces) ?? { namespaces, faults: [] }
  }

  async #carryOut(action: Action): Promise<Carried> {
    const time = this.carried.push(action)
    const answer = await this.#answers.carry?.(action, time)
    if (answer !== undefined) return answer
    const found = this.items.find(({ kind, metadata }) => {
      const { target } = action
      return kind.kind === target.kind.kind && metadata.namespace === target.namespace && metadata.name === target.name
    })
    if (!found) return faultOf('Gone')
    if (found.metadata.resourceVersion !== action.version) return faultOf('Conflict')
    this.items = applied({ actions: [action] }, this.items)
    return 'Changed'
  }
}

/** A fault of this class; its message is the class in lower case. */
export function faultOf(of: Fault['class'], more: Partial<Fault> = {}): Fault {
  return { class: of, reason: of, message: of.toLowerCase(), ...more }
}
