import type { OperationName, Result } from './task.ts'

interface AboutRun {
  readonly task: string
  readonly run: string
  readonly operation: OperationName
}

/**
 * Everything that happens, as data. Logs, metrics and whatever else watches Rota subscribe to these;
 * no room writes a log line of its own.
 */
export type Fact =
  | ({ readonly fact: 'Submitted'; readonly slot: string; readonly rank: number } & AboutRun)
  | ({ readonly fact: 'Claimed'; readonly latenessSeconds: number; readonly reason: string } & AboutRun)
  | ({ readonly fact: 'Resumed'; readonly resumed: number } & AboutRun)
  | ({ readonly fact: 'Attempting'; readonly attempt: number; readonly attempts: number } & AboutRun)
  | ({
      readonly fact: 'Attempted'
      readonly attempt: number
      readonly outcome: string
      readonly message: string
      readonly nextAttemptSeconds?: number
    } & AboutRun)
  | ({ readonly fact: 'Changed'; readonly kind: string; readonly target: string; readonly says: string } & AboutRun)
  | ({
      readonly fact: 'Ended'
      readonly result: Result
      readonly reason: string
      readonly message: string
      readonly seconds: number
      readonly attempt: number
    } & AboutRun)
  | ({ readonly fact: 'Left'; readonly message: string } & AboutRun)
  /** Slots or a request that ended without a run. */
  | ({
      readonly fact: 'NotRun'
      readonly result: Result
      readonly reason: string
      readonly message: string
      readonly slot: string
      /** How many slots it stands for. */
      readonly count: number
    } & AboutRun)
  /** A run is due and has been held back for a while. */
  | { readonly fact: 'Waiting'; readonly task: string; readonly rule: string; readonly message: string }
  | { readonly fact: 'Stalled'; readonly task: string; readonly reason: string; readonly message: string }
  | { readonly fact: 'LetGo'; readonly task: string; readonly message: string }
  | { readonly fact: 'Cleaned'; readonly removed: number }
  | { readonly fact: 'WatchRestarted'; readonly resource: string; readonly because: string }
  | { readonly fact: 'Requested'; readonly method: string; readonly code: string; readonly seconds: number }
  | { readonly fact: 'Leading'; readonly name: string; readonly leading: boolean; readonly message: string }
  | { readonly fact: 'Trouble'; readonly where: string; readonly message: string }

export type Emit = (fact: Fact) => void
