import type { Asleep, OperationName } from '../../api/task.ts'
import type { Json } from '../../lib/json.ts'

/** What `rota preview` tells of a task: the shape of `-o json`, in which absent things are `null`. */
export interface Preview {
  /** `namespace/name`. */
  readonly task: string
  readonly title: string | null
  /** `file:line` of a manifest; `null` for a task as it is in the cluster. */
  readonly file: string | null
  /** Whether a task of this name is in the cluster. */
  readonly isInCluster: boolean
  /** Whether it is scheduled, and if not, why; whether a run is active. */
  readonly state: readonly Said[]
  readonly timeZone: string
  /** At most five. */
  readonly nextRuns: readonly NextRun[]
  /** Up to so many seconds later each: of a task that is not in the cluster it is not known how many. */
  readonly plusJitterSeconds: number | null
  /** Who looked: the caller, or with `--as-task` the account of the task. */
  readonly seenAs: 'Caller' | 'Account'
  /** What each run that can be asked for would do now: that of the operation, and the wake of what sleeps by the task. */
  readonly runs: readonly RunAhead[]
}

export interface NextRun {
  readonly operation: OperationName
  /** RFC 3339, UTC. */
  readonly time: string
  /** The same in the time zone of the task. */
  readonly local: string
}

export interface Said {
  /** CamelCase. */
  readonly reason: string
  readonly message: string
}

export interface RunAhead {
  readonly operation: OperationName
  /** `Unknown`: the caller may not see all that it depends on. */
  readonly verdict: 'WouldSucceed' | 'WouldFail' | 'Unknown'
  /** Why it would change nothing at all; what is listed as a change is what it would come to without that. */
  readonly refused: Said | null
  /** `spec.dryRun`: it would only ask. */
  readonly dryRun: boolean
  readonly namespaces: readonly string[]
  readonly changes: readonly Change[]
  /** How many other objects are as they should be. */
  readonly already: number
  readonly left: readonly (ObjectRef & Said)[]
  /** What has to happen by itself afterwards, before the run can end. */
  readonly awaits: string | null
  readonly limits: Limits
  /** Sleep: what the task would hold asleep. */
  readonly asleep: Asleep | null
  /** What it would fail by, after all changes that work. */
  readonly failures: readonly Failure[]
  /** What the caller may not look at. */
  readonly unseen: readonly string[]
  readonly rights: Rights
}

export interface ObjectRef {
  /** As specs name it: `Deployment`, `Rollout.argoproj.io`. */
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface Change extends ObjectRef {
  readonly action: 'Patch' | 'Apply' | 'Create' | 'Delete'
  /** `Deployment/web: replicas 3 → 0`. */
  readonly says: string
  /** What would be created. */
  readonly manifest: Json
}

export interface Limits {
  /** How many objects would be changed, of how many of these kinds. */
  readonly affected: number
  readonly total: number
  readonly objects: number | null
  readonly percent: number | null
}

export interface Failure extends Said {
  readonly object: ObjectRef | null
  /** What to type. */
  readonly remedy: string | null
}

export interface Rights {
  /** `namespace/name` of the ServiceAccount. */
  readonly account: string
  readonly missing: readonly MissingRight[]
  /** Of how many rights nobody could be asked whether the account has them, and of how many in all. */
  readonly unchecked: number
  readonly needed: number
}

export interface MissingRight {
  readonly verb: string
  /** `deployments.apps`. */
  readonly resource: string
  /** `null`: in the whole cluster. */
  readonly namespace: string | null
  /** What to type so that the account gets it, and what goes with it. */
  readonly remedy: string
}
