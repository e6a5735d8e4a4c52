import { type Fault, FaultError, type Kind } from '../../src/api/fault.ts'
import type { Account, Admitted, Calls, Carried, Purpose, Targets } from '../../src/execution/ports.ts'
import type { Action } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { carriedOut, isTarget } from './model-server.ts'

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
  /** That need discovery. */
  kinds: readonly Kind[] = []
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

  as({ namespace, name }: Account, _: Purpose, signal: AbortSignal): Calls {
    this.accounts.add(`${namespace}/${name}`)
    const { listing } = this.#answers
    const found = (kind: string, namespace: string) =>
      this.items.filter(item => item.kind.kind === kind && (namespace === '' || item.metadata.namespace === namespace))
    const counted = () => ++this.lists
    return {
      find: (group, kind) => this.find(group, kind),
      async *list(kind, namespace) {
        const time = counted()
        await listing?.(time)
        signal.throwIfAborted()
        yield found(kind.kind, namespace)
      },
      get: async target => this.items.find(item => isTarget(item, { target })),
      scaled: async item => item,
      tryOut: async action => {
        const after = carriedOut(this.items, action)
        if ('class' in after) throw new FaultError(after)
        if (!after.item) throw new Error('a deletion leaves nothing to look at')
        return after.item
      },
      logTail: async () => 'the end of the log',
      carryOut: (action, dryRun) => this.#carryOut(action, dryRun),
    }
  }

  async find(group: string, kind: string): Promise<Kind | undefined> {
    return this.kinds.find(one => one.group === group && one.kind === kind)
  }

  async admit(_: Account, namespaces: readonly string[]): Promise<Admitted> {
    return this.#answers.admit?.(namespaces) ?? { namespaces, faults: [] }
  }

  async #carryOut(action: Action, dryRun: boolean): Promise<Carried> {
    const time = this.carried.push(action)
    const answer = await this.#answers.carry?.(action, time)
    if (answer !== undefined) return answer
    const after = carriedOut(this.items, action)
    if ('class' in after) return after
    if (after.items === this.items) return 'Same'
    if (!dryRun) this.items = after.items
    return 'Changed'
  }
}

/** A fault of this class; its message is the class in lower case. */
export function faultOf(of: Fault['class'], more: Partial<Fault> = {}): Fault {
  return { class: of, reason: of, message: of.toLowerCase(), ...more }
}
