import type { OperationName } from '../api/task.ts'
import type { Instant } from '../lib/instant.ts'
import type { RunReason } from './run.ts'

/** An instant of a schedule, or what takes its place for a task that follows others. */
export interface Slot {
  readonly operation: OperationName
  readonly reason: Exclude<RunReason, 'Request'>
  readonly at: Instant
  /** From then on it may start: the slot, or what jitter makes of it. */
  readonly due: Instant
}
