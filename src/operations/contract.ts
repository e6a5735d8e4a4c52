import type { Fault, Kind, Target } from '../api/fault.ts'
import type { OperationName } from '../api/task.ts'
import type { Instant } from '../lib/instant.ts'
import type { Json } from '../lib/json.ts'

/** What an operation sees of an object. */
export interface Item {
  readonly kind: Kind
  readonly metadata: {
    readonly namespace: string
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly {
      readonly kind: string
      readonly name: string
      readonly controller?: boolean
    }[]
  }
  readonly spec?: { readonly replicas?: number; readonly suspend?: boolean; readonly paused?: boolean }
}

/** Reads on behalf of the task's account. */
export interface Reader {
  /** All objects of a kind, in pages. @throws FaultError */
  list(kind: Kind, namespace: string): AsyncIterable<readonly Item[]>
}

/** One change of one object, as data: what it is computed from stands in its preconditions. */
export interface Action {
  readonly do: 'Patch'
  readonly target: Target
  /** `metadata.resourceVersion` that the object must still have. */
  readonly version: string
  /** A JSON merge patch, without the precondition. */
  readonly body: { readonly [key: string]: Json }
  /** `scale Deployment/web from 3 to 0`. */
  readonly says: string
}

/** What is not touched, and why. */
export interface LeftOut {
  readonly target: Target
  /** CamelCase. */
  readonly reason: string
  /** Completes "left out: web (…)". */
  readonly message: string
}

export interface Plan {
  readonly actions: readonly Action[]
  /** What this very run changed before, in an earlier attempt: it carries the run's id. */
  readonly done: readonly Target[]
  /** How many other objects are as they should be. */
  readonly already: number
  readonly left: readonly LeftOut[]
  /** What cannot work whatever else does: the run fails with it after all actions. */
  readonly faults: readonly Fault[]
  /** Sleep: how many workloads this task holds asleep once the actions are done. */
  readonly asleep?: number
}

/** What was there, and what could not be read. */
export interface Seen {
  readonly items: readonly Item[]
  readonly faults: readonly Fault[]
}

/** A holder of a sleep as it stands in the annotation `rota.dev/sleep`. */
export interface Holder {
  /** `namespace/name` of the task. */
  readonly task: string
  readonly uid: string
  readonly run: string
}

/** The run for which something is planned. Plans are functions of this and of what was seen, never of now. */
export interface RunContext {
  readonly id: string
  readonly operation: OperationName
  readonly slotTime: Instant
  readonly namespaces: readonly string[]
  readonly task: { readonly key: string; readonly uid: string }
  /** Whether the task of a holder does not exist any more. */
  readonly isGone: (holder: Holder) => boolean
}

/** A right that the task's account needs in each target namespace. */
export interface Right {
  readonly group: string
  readonly resource: string
  readonly verbs: readonly string[]
}

/** Observe, plan, act: an operation lists what is there and computes what to change; the executor changes it. */
export interface Operation<S> {
  readonly name: OperationName
  /** `slept`: for the summary of what was done. */
  readonly pastTense: string
  rights(spec: S): readonly Right[]
  observe(spec: S, run: RunContext, read: Reader): Promise<Seen>
  plan(spec: S, seen: Seen, run: RunContext): Plan
}

/** An operation with its part of the spec bound to it: all that the executor needs to know. */
export interface Bound {
  readonly name: OperationName
  readonly pastTense: string
  readonly rights: readonly Right[]
  observe(run: RunContext, read: Reader): Promise<Seen>
  plan(seen: Seen, run: RunContext): Plan
}
