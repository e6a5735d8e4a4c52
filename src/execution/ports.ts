import type { Fault } from '../api/fault.ts'
import type { Action, Reader } from '../operations/contract.ts'

/** The ServiceAccount in whose name everything on targets is done. */
export interface Account {
  readonly namespace: string
  readonly name: string
}

/** `Same`: the object was as the action wants it; nothing was written. */
export type Carried = 'Changed' | 'Same' | Fault

/** What an attempt needs of the cluster. */
export interface Targets {
  /** Calls in the name of the account, for an operation (`purpose`). The signal ends calls that are under way: they reject. */
  as(account: Account, purpose: string, signal: AbortSignal): Reader & { carryOut(action: Action): Promise<Carried> }
  /** Which of the namespaces may be worked on, and what stands against the others, or against the account. */
  admit(account: Account, namespaces: readonly string[], signal: AbortSignal): Promise<Admitted>
}

export interface Admitted {
  readonly namespaces: readonly string[]
  readonly faults: readonly Fault[]
}
