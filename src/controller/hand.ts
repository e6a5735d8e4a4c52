import type { OperationName } from '../api/task.ts'
import type { StopReason } from '../decide/decision.ts'
import type { Instant } from '../lib/instant.ts'

/** Why an attempt ends from outside; for all but a stop the run is left as it is, for another process to resume. */
export type Ending = { readonly because: StopReason; readonly message: string; readonly handled?: string } | 'Shutdown'

/** A run of this process: what REST and logs call a task of the pool. */
export interface Hand {
  readonly key: string
  /** Of the task. */
  readonly uid: string
  readonly run: string
  readonly operation: OperationName
  readonly abort: AbortController
  /** The first reason counts. */
  ending: Ending | undefined
  /** When it ended; it is shown for a while and then cleaned away. */
  done: Instant | undefined
}

export function end(hand: Hand, ending: Ending): void {
  hand.ending ??= ending
  hand.abort.abort()
}

/** Takes finished runs out of the list that are older than `before`; returns how many. */
export function cleaned(hands: Map<string, Hand>, before: Instant): number {
  let removed = 0
  for (const [key, hand] of hands) {
    if (hand.done !== undefined && hand.done < before && hands.delete(key)) removed++
  }
  return removed
}
