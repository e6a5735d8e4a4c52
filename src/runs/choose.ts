import { type Fault, faultIn } from '../api/fault.ts'
import { NAMESPACE } from '../api/kinds.ts'
import { PROTECTED_LABEL } from '../api/names.ts'
import { isProtected } from '../decide/read-spec.ts'
import { MOST_ASLEEP } from '../decide/sleeping.ts'
import type { Task } from '../decide/task.ts'
import type { Calls } from '../execution/ports.ts'
import type { LeftOut } from '../operations/contract.ts'
import type { Item } from '../operations/item.ts'
import { parted, targetOf, terminating } from '../operations/shared/items.ts'
import { selects } from '../operations/shared/selector.ts'

/** More targets than this are refused. */
const MOST = 50

/** The namespaces that the labels of a task's target mean for a run and those left out, or why there are none. */
export type Chosen =
  | { readonly namespaces: readonly string[]; readonly left: readonly LeftOut[] }
  | { readonly fault: Fault }

/**
 * Listed in the name of the task's account: a task finds no namespace that its account cannot.
 * @throws FaultError when the API server may answer later; what the signal was aborted with
 */
export async function chooseNamespaces(
  { spec, status, operation }: Pick<Task, 'spec' | 'status' | 'operation'>,
  calls: Pick<Calls, 'list'>,
  ownNamespace: string,
): Promise<Chosen> {
  const selector = spec.target?.namespaceSelector
  if (!selector) return { namespaces: [], left: [] }
  const found: Item[] = []
  try {
    for await (const page of calls.list(NAMESPACE, '')) {
      found.push(...page.filter(({ metadata }) => selects(selector, metadata.labels)))
    }
  } catch (error) {
    const fault = faultIn(error)
    if (fault.class === 'Transient' || fault.class === 'Unknown') throw error
    return { fault }
  }
  const { left, free } = parted(found, namespace => leftOut(namespace, ownNamespace))
  const namespaces = free.map(({ metadata }) => metadata.name)
  const asleep = operation === 'sleep' ? (status.sleeping?.namespaces ?? []) : []
  const problem = tooMany(namespaces, asleep)
  return problem === undefined
    ? { namespaces: namespaces.sort(), left }
    : { fault: { class: 'Invalid', reason: 'TooManyNamespaces', message: problem } }
}

function leftOut(namespace: Item, ownNamespace: string): LeftOut | undefined {
  const { name, labels, deletionTimestamp } = namespace.metadata
  if (deletionTimestamp !== undefined) return terminating(namespace)
  if (labels?.[PROTECTED_LABEL] !== 'true' && !isProtected(name, ownNamespace)) return undefined
  return { target: targetOf(namespace), reason: 'ProtectedNamespace', message: 'is protected' }
}

/** `asleep`: where something sleeps by the task already. */
function tooMany(namespaces: readonly string[], asleep: readonly string[]): string | undefined {
  const chooses = `spec.target.namespaceSelector chooses ${namespaces.length} namespaces`
  if (namespaces.length > MOST) return `${chooses}, and ${MOST} is the most: make it narrower`
  const others = asleep.filter(name => !namespaces.includes(name)).length
  if (namespaces.length + others <= MOST_ASLEEP) return undefined
  return `${chooses}, and in ${others} others something still sleeps by this task: wake it first (rota.dev/wake)`
}
