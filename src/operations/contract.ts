import type { Fault, Kind, Target } from '../api/fault.ts'
import type { Asleep, OperationName } from '../api/task.ts'
import type { Instant } from '../lib/instant.ts'
import type { Json } from '../lib/json.ts'
import type { Item } from './item.ts'

/** Which kinds the cluster has. */
export interface Discovery {
  /** By API group ('' for core), kind and, where only one will do, version. @throws FaultError */
  find(group: string, kind: string, version?: string): Promise<Kind | undefined>
}

/** Reads on behalf of the task's account. */
export interface Reader extends Discovery {
  /** All objects of a kind, or those with these labels (`app=web`), in pages. @throws FaultError */
  list(kind: Kind, namespace: string, labels?: string): AsyncIterable<readonly Item[]>
  /** One object; `undefined` when there is none. @throws FaultError */
  get(target: Target): Promise<Item | undefined>
  /** The object with what its scale subresource says. @throws FaultError */
  scaled(item: Item): Promise<Item>
  /** What an action would make of the object; nothing is changed. @throws FaultError */
  tryOut(action: Action): Promise<Item>
  /** The last lines of a pod's log, of the container that is meant if it is not named. @throws FaultError */
  logTail(namespace: string, pod: string, container?: string): Promise<string>
}

type Body = { readonly [key: string]: Json | undefined }

/** One change of one object, as data: what it is computed from stands in its preconditions. */
export type Action = {
  readonly target: Target
  /** `Deployment/web: replicas 3 → 0`. */
  readonly says: string
  /** Those of a lower wave come first; a wave begins when the one before has succeeded. Default: 0. */
  readonly wave?: number
  /** Nothing can be asked about it until an earlier wave has been carried out: a dry run takes it for granted. */
  readonly untried?: true
} & (
  | {
      readonly do: 'Patch'
      /** `metadata.resourceVersion` that the object must still have. */
      readonly version: string
      /** A JSON merge patch, without the precondition. */
      readonly body: Body
      /** Afterwards, or before when the body forgets what was kept: the number of replicas, by the scale subresource. */
      readonly scale?: { readonly replicas: number; readonly first: boolean }
    }
  | { readonly do: 'StrategicPatch'; readonly version: string; readonly body: Body }
  /** The operations of a JSON patch; they hold their precondition themselves. */
  | { readonly do: 'JsonPatch'; readonly version: string; readonly operations: readonly Json[] }
  | {
      readonly do: 'Apply'
      readonly body: Body
      readonly manager: string
      readonly force: boolean
      /** The object must still have it; `undefined`: there must still be no object. */
      readonly version: string | undefined
    }
  | { readonly do: 'Create'; readonly body: Body }
  /** With what it controls. `wait`: only when that is gone. */
  | { readonly do: 'Delete'; readonly uid: string; readonly wait?: true }
)

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
  /** What has to happen by itself before the run can end; after the actions it is observed again. */
  readonly pending?: string
  /** What the run has brought to light, in place of the list of its changes. */
  readonly output?: string
  /** Sleep: what this task holds asleep once the actions are done. */
  readonly asleep?: Asleep
}

/** A plan to do nothing. */
export const NOTHING: Plan = { actions: [], done: [], already: 0, left: [], faults: [] }

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
  readonly task: { readonly key: string; readonly namespace: string; readonly name: string; readonly uid: string }
  /** Of one attempt. */
  readonly timeoutSeconds: number
  /** What this attempt has changed before it observed again. */
  readonly changed: readonly Target[]
  /** Whether the task of a holder does not exist any more. @throws FaultError */
  readonly isGone: (holder: Holder) => Promise<boolean>
}

/** A right that the task's account needs in each target namespace. */
export interface Right {
  readonly group: string
  readonly resource: string
  readonly verbs: readonly string[]
  /** Those of the verbs that are no requests: a server-side apply is a patch, and needs `create` where nothing is yet. */
  readonly implied?: readonly string[]
  /** It cannot be granted within a namespace. */
  readonly cluster?: true
}

/** What others have made of an object since a run changed it. */
export interface Undone {
  readonly target: Target
  /** How it is now: `replicas 3`. */
  readonly says: string
  /** The field manager that owns the field now; unknown when a field was removed. */
  readonly by?: { readonly manager: string; readonly subresource?: string }
}

/** Something that a ServiceAccount may not do. */
export interface Missing {
  readonly account: { readonly namespace: string; readonly name: string }
  readonly verb: string
  /** `pods/log`, `rollouts.argoproj.io`. */
  readonly resource: string
  /** Of a Namespace its own. Without one the right is one of the cluster. */
  readonly namespace?: string
}

export interface Leftovers {
  readonly actions: readonly Action[]
  /** What is still there, and has to be waited for. */
  readonly open?: string
}

/** Target namespaces that do not exist, and those that are being deleted as well. */
export type Tolerated = 'None' | 'Absent' | 'Terminating'

/** Observe, plan, act: an operation lists what is there and computes what to change; the executor changes it. */
export interface Operation<S, Found extends Seen = Seen> {
  readonly name: OperationName
  /** `slept`: for the summary of what was done. */
  readonly pastTense: string
  /** After "would have", where that is another word. */
  readonly participle?: string
  /** What is said of objects that are as the operation wants them: default `already so`. */
  readonly already?: string
  /** `maxAffected.objects` when the author sets none. */
  readonly limit?: number
  /** Which target namespaces are no mistake besides those that are there: default `None`. */
  readonly tolerates?: Tolerated
  rights(spec: S, discovery: Discovery): Promise<readonly Right[]>
  observe(spec: S, run: RunContext, read: Reader): Promise<Found>
  plan(spec: S, seen: Found, run: RunContext): Plan
  /** What is not yet as the run wants it, one line each; looked at until nothing is left. */
  unverified?(spec: S, run: RunContext, read: Reader): Promise<readonly string[]>
  /** What others have undone since the run. */
  undone?(spec: S, run: RunContext, read: Reader): Promise<readonly Undone[]>
  /** What must not outlive the run; found without its spec, which may have been edited since. */
  leftovers?(run: RunContext, read: Reader): Promise<Leftovers>
}

/** An operation with its part of the spec bound to it: all that the executor needs to know. */
export interface Bound {
  readonly name: OperationName
  readonly pastTense: string
  readonly participle?: string
  readonly already?: string
  readonly limit?: number
  readonly tolerates?: Tolerated
  /** Seconds to wait for what was changed to be really so; `undefined`: it is not looked at. */
  readonly verifySeconds?: number
  rights(discovery: Discovery): Promise<readonly Right[]>
  observe(run: RunContext, read: Reader): Promise<Seen>
  plan(seen: Seen, run: RunContext): Plan
  readonly unverified?: (run: RunContext, read: Reader) => Promise<readonly string[]>
  readonly undone?: (run: RunContext, read: Reader) => Promise<readonly Undone[]>
  readonly leftovers?: (run: RunContext, read: Reader) => Promise<Leftovers>
}
