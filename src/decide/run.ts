import type { ActiveRun, OperationName, Spec } from '../api/task.ts'
import { shortHash } from '../lib/hash.ts'
import { type Instant, instantOf, rfc3339 } from '../lib/instant.ts'
import type { Task } from './task.ts'

export type RunReason = ActiveRun['reason']

/** A run that may start: its identity, and the namespaces that it needs for itself. */
export interface RunRef {
  readonly id: string
  readonly operation: OperationName
  readonly reason: RunReason
  /** The slot; for a request the time of the claim. */
  readonly slotTime: Instant
  /** From this instant on it is late: slot plus jitter. */
  readonly due: Instant
  readonly namespaces: readonly string[]
  /** The request that this run answers. */
  readonly request?: { readonly name: 'run' | 'wake'; readonly token: string }
}

/** The id of a run: the same slot or token is the same run, in whichever process. */
export function runId(uid: string, operation: OperationName, reason: RunReason, slotOrToken: Instant | string): string {
  const last = typeof slotOrToken === 'number' ? rfc3339(slotOrToken) : slotOrToken
  return shortHash(uid, operation, reason, last)
}

/** Whether an `activeRun` is one that Rota wrote for this task: its id must follow from its own fields. */
export function isGenuine(task: Task, run: ActiveRun): boolean {
  const slot = instantOf(run.slotTime)
  const { run: asked, wake } = task.status.handled ?? {}
  const origins = run.reason === 'Request' ? [asked, wake] : [slot]
  const follows = (origin: Instant | string | undefined) =>
    origin !== undefined && runId(task.uid, run.operation, run.reason, origin) === run.id
  return slot !== undefined && origins.some(follows)
}

/**
 * A hash of what a run stands on. A change of these parts ends the run (`SpecChanged`), any other edit lets it go on.
 * It is kept in `activeRun`, so that an edit is noticed even when it was made while no operator was there.
 */
export function specKey(spec: Spec): string {
  const { operation, target = null, serviceAccountName, maxAffected = null, dryRun } = spec
  return shortHash(JSON.stringify([operation, target, serviceAccountName, maxAffected, dryRun]))
}

/** The namespaces that nobody else may work on meanwhile: a Job changes nothing that others do. */
export function occupied({ operation, namespaces }: Pick<RunRef, 'operation' | 'namespaces'>): readonly string[] {
  return operation === 'job' ? [] : namespaces
}

export function asRunRef(run: ActiveRun): RunRef {
  const slotTime = instantOf(run.slotTime) ?? 0
  return {
    id: run.id,
    operation: run.operation,
    reason: run.reason,
    slotTime,
    due: slotTime,
    namespaces: run.namespaces,
  }
}
