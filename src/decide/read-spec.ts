import { type OperationName, operationOf, type Spec, TEXT_LIMIT, targetNamespaces } from '../api/task.ts'
import { cut } from '../lib/text.ts'
import { withDefaults } from '../manifest/defaults.ts'
import { type Finding, membersOf, pathText, without } from '../manifest/finding.ts'
import { type Home, ruleFindings } from '../manifest/rules.ts'
import { SPEC_SCHEMA } from '../manifest/schema.generated.ts'
import { structureFindings, UNKNOWN_FIELD } from '../manifest/structure.ts'
import type { Timetable } from '../schedule/slots.ts'
import { timetable } from '../schedule/timetable.ts'

/** One kind of slot of a task: what it runs, and when. A sleep with `wakeSchedule` has two. */
export interface Line {
  readonly operation: OperationName
  /** As its author wrote it. */
  readonly expression: string
  readonly timetable: Timetable
}

/** Why a task cannot be scheduled, in the words of a condition. */
export interface Problem {
  readonly reason: string
  readonly message: string
}

/** What an installation lets tasks do at all. */
export interface Bounds {
  /** Where Rota itself lives. */
  readonly ownNamespace: string
  /** Whether a task may work on other namespaces than its own. */
  readonly crossNamespace: boolean
}

export interface ReadSpec {
  /** As it is stored; without what is not as its schema wants it, so that nobody stumbles over that. */
  readonly spec: Spec
  readonly lines: readonly Line[]
  readonly problem: Problem | undefined
}

/**
 * What a spec means, or why it cannot work although admission let it pass: rules that admission does not know, or a
 * CustomResourceDefinition that was another one when the task was written. Never throws.
 */
export function readSpec(given: unknown, home: Home, bounds: Bounds): ReadSpec {
  // Fields of a newer version are none of our business: a newer CRD gives them to every task, by their defaults.
  const misfits = structureFindings(SPEC_SCHEMA, given, ['spec']).filter(({ reason }) => reason !== UNKNOWN_FIELD)
  const sound = misfits.reduceRight<unknown>((kept, { path }) => without(kept, path.slice(1)), given)
  const { operation, ...rest } = membersOf(sound)
  const spec = withDefaults(SPEC_SCHEMA, { ...rest, operation: membersOf(operation) }) as Spec
  const problem = firstProblem(misfits) ?? protection(spec, home, bounds) ?? firstProblem(ruleFindings(spec, home))
  if (problem) return { spec, lines: [], problem }
  const schedules = [
    { expression: spec.schedule, operation: operationOf(spec) ?? 'restart' },
    { expression: spec.operation.sleep?.wakeSchedule, operation: 'wake' },
  ] as const
  const hashKey = `${home.namespace}/${home.name}`
  const lines = schedules.flatMap(({ expression, operation }): Line[] => {
    if (expression === undefined) return []
    const schedule = { expression, zone: spec.timeZone, ...spec.daylightSaving, hashKey }
    return [{ operation, expression, timetable: timetable(schedule) }]
  })
  return { spec, lines, problem: undefined }
}

function firstProblem([finding]: readonly Finding[]): Problem | undefined {
  // Its author's own words may be in it, as long as they like; a condition has room for less.
  return (
    finding && { reason: finding.reason, message: cut(`${pathText(finding.path)}: ${finding.message}`, TEXT_LIMIT) }
  )
}

function protection(spec: Spec, { namespace }: Home, { ownNamespace, crossNamespace }: Bounds): Problem | undefined {
  const reason = 'ProtectedNamespace'
  if (isProtected(namespace, ownNamespace))
    return { reason, message: `tasks in namespace ${namespace} are refused: move the task to another namespace` }
  const reaches = targetNamespaces(spec, namespace)?.find(name => name !== namespace)
  if (!crossNamespace && (spec.target?.namespaceSelector || reaches !== undefined)) {
    const message =
      'spec.target: this Rota works on the own namespace of a task only (--cross-namespace=false): remove it'
    return { reason: 'CrossNamespace', message }
  }
  const target = targetNamespaces(spec, namespace)?.find(name => isProtected(name, ownNamespace))
  if (target === undefined) return undefined
  return { reason, message: `spec.target.namespaces: namespace ${target} is refused as a target: remove it` }
}

/** Namespaces of the system and Rota's own are no place for namespace operations. */
export function isProtected(namespace: string, ownNamespace: string): boolean {
  return namespace.startsWith('kube-') || namespace === ownNamespace
}
