import { type OperationName, operationOf, type ScheduledTask, type Spec, type Status } from '../api/task.ts'
import { shortHash } from '../lib/hash.ts'
import { type Instant, instantOf } from '../lib/instant.ts'
import { type Requests, requestProblem, requestsOf } from '../manifest/annotations.ts'
import { type Bounds, type Line, type Problem, readSpec } from './read-spec.ts'

/** What the rules look at: a ScheduledTask, read once. */
export interface Task {
  readonly key: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** `metadata.resourceVersion`: the precondition of every write of status. */
  readonly version: string
  readonly generation: number
  readonly created: Instant
  readonly deleted: Instant | undefined
  readonly finalizers: readonly string[]
  readonly spec: Spec
  readonly operation: OperationName
  readonly lines: readonly Line[]
  readonly requests: Requests
  /** Hash of what decides the slots; a change of it owes nothing for the past. */
  readonly scheduleKey: string
  readonly problem: Problem | undefined
  /** The part of it that is in the spec. */
  readonly specProblem: Problem | undefined
  readonly status: Status
}

export function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

/** A task as the status of another one may name it: its readers need not know what other namespaces hold. */
export function spokenOf(key: string, by: string): string {
  const [namespace] = by.split('/')
  return key.startsWith(`${namespace}/`) ? key : 'a task of another namespace'
}

/**
 * Reads a ScheduledTask as the API server gave it. Never throws: what is wrong with it becomes its `problem`.
 * @param before an older version: a spec, which may hold 64 KiB of manifests, is read once
 */
export function taskOf(object: ScheduledTask, bounds: Bounds, before?: Task): Task {
  const { metadata } = object
  const isRead = before?.uid === metadata.uid && before.generation === metadata.generation
  const { spec, lines, problem } = isRead
    ? { spec: before.spec, lines: before.lines, problem: before.specProblem }
    : readSpec(object.spec, metadata, bounds)
  const requests = requestsOf(metadata.annotations ?? {})
  return {
    key: keyOf(metadata.namespace, metadata.name),
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    version: metadata.resourceVersion,
    generation: metadata.generation,
    created: instantOf(metadata.creationTimestamp) ?? 0,
    deleted: instantOf(metadata.deletionTimestamp),
    finalizers: metadata.finalizers ?? [],
    spec,
    operation: operationOf(spec) ?? 'restart',
    lines,
    requests,
    scheduleKey: scheduleKey(spec),
    problem: problem ?? requestProblem(requests),
    specProblem: problem,
    status: object.status ?? { observedGeneration: -1 },
  }
}

/** A task without a schedule follows others: for it they are the schedule. */
function scheduleKey({ schedule, timeZone, daylightSaving, suspend, operation, dependsOn }: Spec): string {
  const { skippedTime, repeatedTime } = daylightSaving
  const others = schedule === undefined ? (dependsOn ?? null) : null
  const wakes = operation.sleep?.wakeSchedule ?? null
  return shortHash(JSON.stringify([schedule ?? null, wakes, timeZone, skippedTime, repeatedTime, suspend, others]))
}
