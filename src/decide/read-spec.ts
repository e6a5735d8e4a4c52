import { type OperationName, operationOf, type Spec, targetNamespaces } from '../api/task.ts'
import { type Schedule, type Timetable, timetable } from '../schedule/timetable.ts'

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

/** What a spec means, or why it cannot work although admission let it pass. */
export function readSpec(
  spec: Spec,
  namespace: string,
  name: string,
  ownNamespace: string,
): { readonly lines: readonly Line[]; readonly problem: Problem | undefined } {
  const unusable = (reason: string, message: string) => ({ lines: [], problem: { reason, message } })
  const operation = operationOf(spec)
  if (operation === undefined) {
    return unusable('InvalidSpec', 'spec.operation must have exactly one of sleep, wake, scale, restart')
  }
  if (isProtected(namespace, ownNamespace)) {
    return unusable(
      'ProtectedNamespace',
      `tasks in namespace ${namespace} are refused: move the task to another namespace`,
    )
  }
  const target = targetNamespaces(spec, namespace).find(name => isProtected(name, ownNamespace))
  if (target !== undefined) {
    return unusable(
      'ProtectedNamespace',
      `spec.target.namespaces: namespace ${target} is refused as a target: remove it`,
    )
  }
  const lines: Line[] = []
  const schedules = [
    { field: 'spec.schedule', expression: spec.schedule, operation },
    { field: 'spec.operation.sleep.wakeSchedule', expression: spec.operation.sleep?.wakeSchedule, operation: 'wake' },
  ] as const
  for (const { field, expression, operation: does } of schedules) {
    if (expression === undefined) continue
    const table = read({ expression, zone: spec.timeZone, ...spec.daylightSaving, hashKey: `${namespace}/${name}` })
    if (typeof table === 'string') return unusable('InvalidSchedule', `${field}: ${table}`)
    lines.push({ operation: does, expression, timetable: table })
  }
  return { lines, problem: undefined }
}

/** Namespaces of the system and Rota's own are no place for namespace operations. */
export function isProtected(namespace: string, ownNamespace: string): boolean {
  return namespace.startsWith('kube-') || namespace === ownNamespace
}

function read(schedule: Schedule): Timetable | string {
  try {
    return timetable(schedule)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
