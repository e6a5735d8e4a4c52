import type { Fault } from '../api/fault.ts'
import type { Action, Missing, Reader, Tolerated } from '../operations/contract.ts'

/** The ServiceAccount in whose name everything on targets is done. */
export interface Account {
  readonly namespace: string
  readonly name: string
}

/** `Same`: the object was as the action wants it; nothing was written. */
export type Carried = 'Changed' | 'Same' | Fault

/** What calls are made for: it knows what would allow those that are refused. */
export interface Purpose {
  /** So that the account may. */
  remedy(missing: Missing): string
  /** So that Rota may in the name of accounts. */
  permission(missing: Missing): string
}

/** Calls in the name of one account. */
export interface Calls extends Reader {
  /** @param dryRun only asks what the API server would do */
  carryOut(action: Action, dryRun: boolean): Promise<Carried>
}

/** What an attempt needs of the cluster. */
export interface Targets {
  /**
   * The signal ends calls that are under way: they reject. A write that was sent is not taken back by that: it may still be
   * carried out, so it is waited for unless `letGo` is aborted, too.
   * @param letGo without one a write ends as all calls do
   */
  as(account: Account, purpose: Purpose, signal: AbortSignal, letGo?: AbortSignal): Calls
  /**
   * Which of the namespaces may be worked on, and what stands against the others, or against the account: as it was ten
   * seconds ago at most, or with `afresh` as it is.
   */
  admit(
    account: Account,
    namespaces: readonly string[],
    tolerated: Tolerated,
    signal: AbortSignal,
    afresh?: boolean,
  ): Promise<Admitted>
  /** Whether an account may do something; `undefined` when nobody says so. */
  may(account: Account, question: Question, signal: AbortSignal): Promise<boolean | undefined>
}

/** Something that an account may do, or not. */
export interface Question {
  readonly verb: string
  readonly group: string
  /** `deployments`, `pods/log`. */
  readonly resource: string
  /** Without one it is a question of the whole cluster. */
  readonly namespace?: string
  readonly name?: string
}

export interface Admitted {
  readonly namespaces: readonly string[]
  readonly faults: readonly Fault[]
}
