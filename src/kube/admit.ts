import type { Fault } from '../api/fault.ts'
import { PROTECTED_LABEL } from '../api/names.ts'
import type { Account, Admitted } from '../execution/ports.ts'
import type { Tolerated } from '../operations/contract.ts'
import { isFault, isProtected, type LookUp, type Namespace } from './look-up.ts'

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
  look: LookUp,
  account: Account,
  namespaces: readonly string[],
  tolerated: Tolerated,
  signal: AbortSignal,
): Promise<Admitted> {
  const { against, refused } = await judge(look, account, namespaces, tolerated, signal)
  if (against.length > 0) return { namespaces: [], faults: against }
  return { namespaces: namespaces.filter(name => !refused.has(name)), faults: [...refused.values()] }
}

/** Impersonation does not check that the account exists, and a namespace can be protected against all tasks. */
export async function judge(
  look: LookUp,
  account: Account,
  namespaces: readonly string[],
  tolerated: Tolerated,
  signal: AbortSignal,
): Promise<Judged> {
  const { namespace: homeName } = account
  const [againstIt, home] = await Promise.all([look.account(account, signal), look.namespace(homeName, signal)])
  const refused = new Map<string, Fault>()
  const absent: string[] = []
  for (const name of namespaces) {
    // Mostly a task works on its own namespace, which is known by now.
    const fault = againstTarget(name, name === homeName ? home : await look.namespace(name, signal))
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

function againstHome(name: string, found: Namespace | Fault): Fault | undefined {
  if (isFault(found)) return found
  return isProtected(found) ? protectedFault(`tasks in namespace ${name} are refused: it`) : undefined
}

function againstTarget(name: string, found: Namespace | Fault): Fault | undefined {
  if (isFault(found)) return found
  if (isProtected(found)) return protectedFault(`namespace ${name} is refused as a target: it`)
  if (found.metadata.deletionTimestamp === undefined) return undefined
  return { class: 'Gone', reason: 'NamespaceTerminating', message: `namespace ${name} is being deleted` }
}

function protectedFault(what: string): Fault {
  return {
    class: 'Refused',
    reason: 'ProtectedNamespace',
    message: `${what} carries the label ${PROTECTED_LABEL}=true`,
  }
}
