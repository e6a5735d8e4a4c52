import { USUAL_SLEEPERS } from '../../src/api/kinds.ts'
import { CANCEL_ANNOTATION, HOLD_ANNOTATION, RUN_ANNOTATION, WAKE_ANNOTATION } from '../../src/api/names.ts'
import type { Asleep, ScheduledTask, Spec, Status } from '../../src/api/task.ts'
import { decide } from '../../src/decide/decide.ts'
import type { Decision, World } from '../../src/decide/decision.ts'
import type { Ending, StatusEvent } from '../../src/decide/events.ts'
import { fold } from '../../src/decide/fold.ts'
import type { Bounds } from '../../src/decide/read-spec.ts'
import { type Task, taskOf } from '../../src/decide/task.ts'
import { type Instant, instantOf, rfc3339 } from '../../src/lib/instant.ts'

/** Namespace of the operator itself: no place for tasks. */
export const OWN_NAMESPACE = 'rota-system'
/** An operator that lets tasks work on other namespaces. */
export const BOUNDS: Bounds = { ownNamespace: OWN_NAMESPACE, crossNamespace: true }

/** A Monday. */
const CREATED = '2026-01-05T00:00:00Z'

type SleepSpec = NonNullable<Spec['operation']['sleep']>

interface TaskOptions {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly created?: string
  /** When the controller first saw it; `false`: not yet. Default: at its creation. */
  readonly observed?: string | false
  readonly spec?: Partial<Spec>
  /** Tokens of `rota.dev/run`, `wake` and `cancel`. */
  readonly run?: string
  readonly wake?: string
  readonly cancel?: string
  /** The value of `rota.dev/hold-until`. */
  readonly hold?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly deleted?: string
  readonly finalizers?: readonly string[]
  /** Laid over what the controller would have written. */
  readonly status?: Partial<Status>
}

/** `at('2026-01-05T20:00:00Z')`. @throws Error for what is no instant, so that a typing error is not a passing test */
export function at(text: string): Instant {
  const instant = instantOf(text)
  if (instant === undefined) throw new Error(`'${text}' must be an RFC 3339 time`)
  return instant
}

/** Spec as the API server stores it: with the defaults of the CRD. It restarts everything, on request. */
export function specOf(changes: Partial<Spec> = {}): Spec {
  return {
    timeZone: 'UTC',
    daylightSaving: { skippedTime: 'RunAfter', repeatedTime: 'First' },
    suspend: false,
    dryRun: false,
    jitterSeconds: 0,
    concurrencyPolicy: 'Forbid',
    priority: 0,
    suspendAfterFailures: 0,
    cacheSeconds: 0,
    startingDeadlineSeconds: 3600,
    retry: { backoff: 'Exponential', maxDelaySeconds: 300 },
    serviceAccountName: 'default',
    historyLimit: 10,
    operation: { restart: { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'] } },
    ...changes,
  }
}

/** With the defaults of the CRD. */
export function sleepSpec(changes: Partial<SleepSpec> = {}): SleepSpec {
  return { kinds: [...USUAL_SLEEPERS], replicas: 0, onDelete: 'Wake', ...changes }
}

/** Sleeps at 20:00 and wakes at 07:00, every day. */
export function nightly(changes: Partial<Spec> = {}, wakeSchedule = '0 7 * * *'): Partial<Spec> {
  return { schedule: '0 20 * * *', operation: { sleep: sleepSpec({ wakeSchedule }) }, ...changes }
}

/** A task as the rules see it, made from an object as the API server gives it. */
export function task(options: TaskOptions = {}): Task {
  const { name = 'nights-off', namespace = 'team-a', created = CREATED, deleted } = options
  const object: ScheduledTask = {
    metadata: {
      name,
      namespace,
      uid: options.uid ?? `uid-of-${name}`,
      resourceVersion: '100',
      generation: 1,
      creationTimestamp: created,
      finalizers: options.finalizers ?? [],
      annotations: {
        ...(options.run !== undefined && { [RUN_ANNOTATION]: options.run }),
        ...(options.wake !== undefined && { [WAKE_ANNOTATION]: options.wake }),
        ...(options.cancel !== undefined && { [CANCEL_ANNOTATION]: options.cancel }),
        ...(options.hold !== undefined && { [HOLD_ANNOTATION]: options.hold }),
        ...options.annotations,
      },
      ...(deleted !== undefined && { deletionTimestamp: deleted }),
    },
    spec: specOf(options.spec),
  }
  const fresh = taskOf(object, BOUNDS)
  if (options.observed === false) return fresh
  const status = { ...fold(fresh, [], at(options.observed ?? created)), ...options.status }
  return taskOf({ ...object, status }, BOUNDS)
}

/** The object that a task was read from. */
export function objectOf(task: Task): ScheduledTask {
  const { name, namespace, uid, version, generation, created, deleted, finalizers, spec, status } = task
  const { run, wake, cancel, hold } = task.requests
  const annotations = {
    ...(run !== undefined && { [RUN_ANNOTATION]: run }),
    ...(wake !== undefined && { [WAKE_ANNOTATION]: wake }),
    ...(cancel !== undefined && { [CANCEL_ANNOTATION]: cancel }),
    ...(hold !== undefined && { [HOLD_ANNOTATION]: hold }),
  }
  return {
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion: version,
      generation,
      creationTimestamp: rfc3339(created),
      finalizers,
      annotations,
      ...(deleted !== undefined && { deletionTimestamp: rfc3339(deleted) }),
    },
    spec,
    status,
  }
}

/** The same task with other metadata or status. */
export function changed(before: Task, changes: Partial<Pick<Task, 'deleted' | 'finalizers' | 'requests' | 'status'>>) {
  return taskOf(objectOf({ ...before, ...changes }), BOUNDS)
}

/** Somebody has edited the spec; the controller has not seen it yet. */
export function edited(before: Task, changes: Partial<Spec>): Task {
  const next = { ...before, generation: before.generation + 1, spec: { ...before.spec, ...changes } }
  return taskOf(objectOf(next), BOUNDS)
}

/** The task after the controller has written this. No event: what follows from the task itself. */
export function written(before: Task, when: string, ...events: readonly StatusEvent[]): Task {
  return changed(before, { status: fold(before, events, at(when)) })
}

const WORLD: World = {
  owner: 'rota-1',
  working: false,
  clockSkewed: false,
  dependency: () => undefined,
  resolved: () => [],
  hasLooked: () => true,
  settings: { taskTimeoutSeconds: 300, taskMaxRetries: 3, taskRetryDelaySeconds: 10 },
}

/** A world in which these are the other tasks of the namespace. */
export function beside(...others: readonly Task[]): Pick<World, 'dependency'> {
  return { dependency: wanted => others.find(({ name }) => name === wanted) }
}

export function decided(task: Task, when: string, world: Partial<World> = {}): Decision {
  return decide({ task, now: at(when), world: { ...WORLD, ...world } })
}

/** The task after the run that starts at this time has been claimed. @throws Error when none starts */
export function claimed(before: Task, when: string, world: Partial<World> = {}): Task {
  const decision = decided(before, when, world)
  if (decision.do !== 'Start') throw new Error(`'${before.key}' must start at ${when}: it decides ${decision.do}`)
  return written(before, when, ...decision.events, { event: 'Claimed', run: decision.run, owner: WORLD.owner })
}

/** So many workloads that request nothing. */
export function asleepOf(workloads: number): Asleep {
  return { workloads, cpuMillicores: 0, memoryBytes: 0 }
}

/** The task after its active run has ended like this. */
export function ended(before: Task, when: string, end: Partial<Ending> = {}): Task {
  const { result = 'Succeeded' } = end
  const about = { reason: result === 'Succeeded' ? 'Completed' : 'Forbidden', message: result, changed: 1 }
  const asleep = before.status.activeRun?.operation === 'sleep' && result === 'Succeeded' ? { asleep: asleepOf(3) } : {}
  return written(before, when, { event: 'Ended', result, ...about, ...asleep, ...end })
}

/** The task after a run that started and ended like this. */
export function ran(before: Task, when: string, end: Partial<Ending> = {}, world: Partial<World> = {}): Task {
  return ended(claimed(before, when, world), when, end)
}
