import { type Fault, FaultError, type Kind } from '../../src/api/fault.ts'
import { POD, resourceName } from '../../src/api/kinds.ts'
import type { Account, Admitted, Calls, Carried, Purpose, Question, Targets } from '../../src/execution/ports.ts'
import type { Action } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { carriedOut, isTarget } from './model-server.ts'

interface Answers {
  /** What becomes of an action; `undefined`: it is carried out. */
  readonly carry?: (action: Action, time: number) => Carried | Promise<Carried | undefined> | undefined
  readonly admit?: (namespaces: readonly string[]) => Admitted
  readonly may?: (question: Question) => boolean | undefined
  /** Before each list. @throws FaultError when it cannot be listed */
  readonly listing?: (time: number, kind: Kind) => void | Promise<void>
  /** Before each object that is read. @throws FaultError when it cannot be */
  readonly getting?: () => void
  readonly log?: (pod: string, container?: string) => string
}

/** So many objects make a page: few, so that what looks only at the first page is noticed. */
const PAGE = 2

/** Objects in memory, with the preconditions of the API server. */
export class MemoryTargets implements Targets {
  items: readonly Item[]
  /** That need discovery. */
  kinds: readonly Kind[] = []
  /** What was asked for, in order. */
  readonly carried: Action[] = []
  /** What rights it took: `patch deployments.apps/scale`. */
  readonly used = new Set<string>()
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
    const { listing, getting, log } = this.#answers
    const found = (kind: string, namespace: string) =>
      this.items.filter(item => item.kind.kind === kind && (namespace === '' || item.metadata.namespace === namespace))
    const counted = () => ++this.lists
    const uses = (verb: string, { group, plural }: Kind, subresource = '') =>
      void this.used.add(`${verb} ${resourceName(group, plural + subresource)}`)
    return {
      find: (group, kind) => this.find(group, kind),
      async *list(kind, namespace, labels) {
        const time = counted()
        uses('list', kind)
        await listing?.(time, kind)
        signal.throwIfAborted()
        const items = found(kind.kind, namespace).filter(item => labels === undefined || hasLabel(item, labels))
        for (let at = 0; at === 0 || at < items.length; at += PAGE) yield items.slice(at, at + PAGE)
      },
      get: async target => {
        uses('get', target.kind)
        getting?.()
        return this.items.find(item => isTarget(item, { target }))
      },
      scaled: async item => {
        uses('get', item.kind, '/scale')
        const replicas = item.spec?.replicas ?? 0
        return { scale: { replicas, running: replicas }, ...item }
      },
      tryOut: async action => {
        for (const verb of verbsOf(action)) uses(verb, action.target.kind)
        const after = carriedOut(this.items, action)
        if ('class' in after) throw new FaultError(after)
        if (!after.item) throw new Error('a deletion leaves nothing to look at')
        return after.item
      },
      logTail: async (_, pod, container) => {
        uses('get', POD, '/log')
        return log?.(pod, container) ?? 'the end of the log'
      },
      carryOut: (action, dryRun) => {
        for (const verb of verbsOf(action)) uses(verb, action.target.kind)
        if (action.do === 'Patch' && action.scale) uses('patch', action.target.kind, '/scale')
        return this.#carryOut(action, dryRun)
      },
    }
  }

  async find(group: string, kind: string): Promise<Kind | undefined> {
    return this.kinds.find(one => one.group === group && one.kind === kind)
  }

  async admit(_: Account, namespaces: readonly string[]): Promise<Admitted> {
    return this.#answers.admit?.(namespaces) ?? { namespaces, faults: [] }
  }

  async may(_: Account, question: Question): Promise<boolean | undefined> {
    const { may } = this.#answers
    return may ? may(question) : true
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

function verbsOf(action: Action): readonly string[] {
  if (action.do === 'Create') return ['create']
  if (action.do === 'Delete') return ['delete']
  return action.do === 'Apply' && action.version === undefined ? ['patch', 'create'] : ['patch']
}

/** What an operation sees that observes these. */
export function readerOf(items: readonly Item[], answers: Answers = {}, kinds: readonly Kind[] = []): Calls {
  const targets = new MemoryTargets(items, answers)
  targets.kinds = kinds
  const purpose = { remedy: () => '', permission: () => '' }
  return targets.as({ namespace: 'team-a', name: 'rota' }, purpose, new AbortController().signal)
}

/** @param label `app=web` */
function hasLabel({ metadata }: Item, label: string): boolean {
  const [key = '', value] = label.split('=')
  return metadata.labels?.[key] === value
}

/** A fault of this class; its message is the class in lower case. */
export function faultOf(of: Fault['class'], more: Partial<Fault> = {}): Fault {
  return { class: of, reason: of, message: of.toLowerCase(), ...more }
}
