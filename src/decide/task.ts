import { CANCEL_ANNOTATION, LATER_ANNOTATIONS, RUN_ANNOTATION, TOKEN } from '../api/names.ts'
import { type OperationName, operationOf, type ScheduledTask, type Spec, type Status } from '../api/task.ts'
import { type Instant, instantOf } from '../lib/instant.ts'
import { type Line, type Problem, readSpec } from './read-spec.ts'

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
  readonly requests: { readonly run?: string; readonly cancel?: string }
  readonly problem: Problem | undefined
  readonly status: Status
}

export function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

/** Reads a ScheduledTask as the API server gave it. Never throws: what is wrong with it becomes its `problem`. */
export function taskOf(object: ScheduledTask, ownNamespace: string): Task {
  const { metadata, spec } = object
  const { lines, problem } = readSpec(spec, metadata.namespace, ownNamespace)
  const annotations = metadata.annotations ?? {}
  const run = annotations[RUN_ANNOTATION]
  const cancel = annotations[CANCEL_ANNOTATION]
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
    requests: { ...(run !== undefined && { run }), ...(cancel !== undefined && { cancel }) },
    problem: problem ?? requestProblem(annotations),
    status: object.status ?? { observedGeneration: -1 },
  }
}

function requestProblem(annotations: Readonly<Record<string, string>>): Problem | undefined {
  for (const name of [RUN_ANNOTATION, CANCEL_ANNOTATION]) {
    const token = annotations[name]
    if (token !== undefined && !TOKEN.test(token)) {
      const message = `annotation ${name} must be a token of 1 to 64 characters out of A-Z a-z 0-9 . _ : + -, such as the current time`
      return { reason: 'InvalidRequest', message }
    }
  }
  const later = LATER_ANNOTATIONS.find(name => annotations[name] !== undefined)
  if (later === undefined) return undefined
  return {
    reason: 'InvalidRequest',
    message: `annotation ${later} is not available in this version of Rota: remove it`,
  }
}
