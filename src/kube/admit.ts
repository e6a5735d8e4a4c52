import { type Fault, faultIn } from '../api/fault.ts'
import { NAMESPACE, SERVICE_ACCOUNT } from '../api/kinds.ts'
import { PROTECTED_LABEL } from '../api/names.ts'
import type { Account, Admitted } from '../execution/ports.ts'
import type { Tolerated } from '../operations/contract.ts'
import type { Requests } from './client.ts'
import { pathOf } from './paths.ts'

interface Namespace {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string }
}

/** Whether a run may work where it wants to: what is known of its account, of its home and of each target. */
export interface Judged {
  /** Against the run as a whole: then it does nothing. */
  readonly against: readonly Fault[]
  /** Against single namespaces: it goes on in the others. */
  readonly refused: ReadonlyMap<string, Fault>
  /** Namespaces that do not exist, where that is no mistake. */
  readonly absent: readonly string[]
}

/** As for an attempt; one that may not begin has no namespaces. */
export async function admit(
  client: Requests,
  account: Account,
  namespaces: readonly string[],
  tolerated: Tolerated,
  signal: AbortSignal,
): Promise<Admitted> {
  const { against, refused } = await judge(client, account, namespaces, tolerated, signal)
  if (against.length > 0) return { namespaces: [], faults: against }
  return { namespaces: namespaces.filter(name => !refused.has(name)), faults: [...refused.values()] }
}

/**
 * Reads in the caller's own name, which for an attempt is Rota's: impersonation does not check that the account exists,
 * and a namespace can be protected against all tasks.
 */
export async function judge(
  client: Requests,
  account: Account,
  namespaces: readonly string[],
  tolerated: Tolerated,
  signal: AbortSignal,
): Promise<Judged> {
  const { namespace: homeName } = account
  const [againstIt, home] = await Promise.all([
    againstAccount(client, account, signal),
    namespaceCalled(client, homeName, signal),
  ])
  const refused = new Map<string, Fault>()
  const absent: string[] = []
  for (const name of namespaces) {
    // Mostly a task works on its own namespace, which is known by now.
    const fault = againstTarget(name, name === homeName ? home : await namespaceCalled(client, name, signal))
    if (!fault) continue
    if (!isTolerated(fault, tolerated)) refused.set(name, fault)
    else if (fault.reason === 'NamespaceNotFound') absent.push(name)
  }
  const against = [againstIt, againstHome(homeName, home)].filter(fault => fault !== undefined)
  return { against, refused, absent }
}

function isTolerated({ reason }: Fault, tolerated: Tolerated): boolean {
  if (reason === 'NamespaceNotFound') return tolerated !== 'None'
  return reason === 'NamespaceTerminating' && tolerated === 'Terminating'
}

async function againstAccount(
  client: Requests,
  { namespace, name }: Account,
  signal: AbortSignal,
): Promise<Fault | undefined> {
  const path = pathOf(SERVICE_ACCOUNT, namespace, name)
  const found = await looked(
    client.request({ method: 'GET', path, verb: 'get', resource: 'serviceaccounts', namespace, signal }),
  )
  if (!isFault(found) || found.class !== 'Gone') return isFault(found) ? found : undefined
  const message = `ServiceAccount ${namespace}/${name} does not exist: create it, or name another one in spec.serviceAccountName`
  return { class: 'Refused', reason: 'ServiceAccountNotFound', message }
}

function againstHome(name: string, found: Namespace | Fault): Fault | undefined {
  if (isFault(found)) return named(found, name)
  return isProtected(found) ? protectedFault(`tasks in namespace ${name} are refused: it`) : undefined
}

function againstTarget(name: string, found: Namespace | Fault): Fault | undefined {
  if (isFault(found)) return named(found, name)
  if (isProtected(found)) return protectedFault(`namespace ${name} is refused as a target: it`)
  if (found.metadata.deletionTimestamp === undefined) return undefined
  return { class: 'Gone', reason: 'NamespaceTerminating', message: `namespace ${name} is being deleted` }
}

function named(fault: Fault, name: string): Fault {
  if (fault.class !== 'Gone') return fault
  return { ...fault, reason: 'NamespaceNotFound', message: `namespace ${name} does not exist` }
}

function namespaceCalled(client: Requests, name: string, signal: AbortSignal): Promise<Namespace | Fault> {
  const path = pathOf(NAMESPACE, name, name)
  return looked(
    client.request<Namespace>({ method: 'GET', path, verb: 'get', resource: 'namespaces', namespace: name, signal }),
  )
}

function looked<T>(request: Promise<T>): Promise<T | Fault> {
  return request.catch(faultIn)
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'class' in value
}

function isProtected({ metadata }: Namespace): boolean {
  return metadata.labels?.[PROTECTED_LABEL] === 'true'
}

function protectedFault(what: string): Fault {
  return {
    class: 'Refused',
    reason: 'ProtectedNamespace',
    message: `${what} carries the label ${PROTECTED_LABEL}=true`,
  }
}
