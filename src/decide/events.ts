import type { Asleep, OperationName, Result } from '../api/task.ts'
import type { Instant } from '../lib/instant.ts'
import type { RunReason, RunRef } from './run.ts'

/** How a run ended. */
export interface Ending {
  readonly result: Extract<Result, 'Succeeded' | 'Failed' | 'TimedOut' | 'Cancelled'>
  readonly reason: string
  readonly message: string
  /** Objects that this run changed. */
  readonly changed: number
  readonly output?: string
  readonly error?: string
  /** After a sleep: what this task now holds asleep. */
  readonly asleep?: Asleep
}

/** A slot or request that ended without a run. */
export interface NotRun {
  readonly id: string
  readonly result: Extract<Result, 'Missed' | 'Skipped' | 'Cancelled'>
  readonly reason: string
  readonly message: string
  readonly operation: OperationName
  readonly runReason: RunReason
  readonly slotTime: Instant
  /** How many slots this entry stands for. */
  readonly count: number
}

/** What happened to a task; `fold` turns it into status. */
export type StatusEvent =
  | { readonly event: 'Claimed'; readonly run: RunRef; readonly owner: string }
  | { readonly event: 'Resumed'; readonly owner: string }
  | {
      readonly event: 'AttemptFailed'
      readonly nextAttempt: number
      readonly nextAttemptTime: Instant
      readonly message: string
    }
  /** What an attempt is at. */
  | { readonly event: 'Progress'; readonly message: string }
  | ({ readonly event: 'Ended' } & Ending)
  | ({ readonly event: 'NotRun' } & NotRun)
  /** The active run, slot or request is held back; derived afresh at each write, never carried over. */
  | { readonly event: 'Waiting'; readonly rule: string; readonly message: string }
  | { readonly event: 'Handled'; readonly run?: string; readonly wake?: string; readonly cancel?: string }
  /** A while after a run: whether somebody has undone it. */
  | { readonly event: 'Looked'; readonly reverted?: { readonly reason: string; readonly message: string } }
  /** These namespaces are left asleep and are no longer this task's concern. */
  | { readonly event: 'LeftAsleep'; readonly namespaces: readonly string[] }
