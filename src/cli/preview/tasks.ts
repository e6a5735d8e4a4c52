import { API_VERSION, KIND } from '../../api/names.ts'
import type { ScheduledTask, Spec } from '../../api/task.ts'
import { judged } from '../../decide/cycle.ts'
import { keyOf, type Task, taskOf } from '../../decide/task.ts'
import { type Instant, rfc3339 } from '../../lib/instant.ts'
import { withDefaults } from '../../manifest/defaults.ts'
import { SPEC_SCHEMA } from '../../manifest/schema.generated.ts'
import type { Others } from '../../runs/prepare.ts'
import { BOUNDS } from '../assumed.ts'

/** A task to be looked at. */
export interface Subject {
  readonly object: ScheduledTask
  /** `file:line`, of a manifest. */
  readonly file: string | undefined
  readonly isInCluster: boolean
}

/** As valid manifests are written; only what a preview looks at. */
export interface Written {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string | null
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: unknown
}

/** A task that is not there yet has no uid; what follows from it is said to be unknown. */
const NO_UID = '00000000-0000-0000-0000-000000000000'

/** What the API server would store of a manifest now: over the task that is there, or as a new one. */
export function asApplied(
  { metadata, spec }: Written,
  namespace: string,
  existing: ScheduledTask | undefined,
  now: Instant,
): ScheduledTask {
  const { name, annotations } = metadata
  const created = { uid: NO_UID, resourceVersion: '', generation: 1, creationTimestamp: rfc3339(now), annotations: {} }
  const before = existing?.metadata ?? { name, namespace, ...created }
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { ...before, annotations: { ...before.annotations, ...annotations } },
    spec: withDefaults(SPEC_SCHEMA, spec) as Spec,
    ...(existing?.status && { status: existing.status }),
  }
}

/** The tasks of a cluster, with those of the manifests in their place. */
export interface Known extends Others {
  /** A task as the operator would see it, cycles included. */
  task(object: ScheduledTask): Task
}

/** @param isAll whether the cluster has no tasks but these */
export function knownTasks(inCluster: readonly ScheduledTask[], subjects: readonly Subject[], isAll: boolean): Known {
  const objects = [...inCluster, ...subjects.map(({ object }) => object)]
  const tasks = new Map(objects.map(object => taskOf(object, BOUNDS)).map(task => [task.key, task]))
  return {
    seesAll: isAll,
    store: tasks,
    task: object => {
      const { namespace } = object.metadata
      return judged(taskOf(object, BOUNDS), name => tasks.get(keyOf(namespace, name)))
    },
  }
}
