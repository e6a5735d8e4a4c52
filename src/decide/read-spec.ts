import { type OperationName, operationOf, type Spec, targetNamespaces } from '../api/task.ts'
import { type Finding, pathText } from '../manifest/finding.ts'
import { type Home, ruleFindings } from '../manifest/rules.ts'
import { type Timetable, timetable } from '../schedule/timetable.ts'

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

/** What a spec means, or why it cannot work although admission let it pass. */
export function readSpec(
  spec: Spec,
  home: Home,
  bounds: Bounds,
): { readonly lines: readonly Line[]; readonly problem: Problem | undefined } {
  const problem = protection(spec, home, bounds) ?? firstProblem(ruleFindings(spec, home))
  if (problem) return { lines: [], problem }
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
  return { lines, problem: undefined }
}

function firstProblem([finding]: readonly Finding[]): Problem | undefined {
  return finding && { reason: finding.reason, message: `${pathText(finding.path)}: ${finding.message}` }
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
