import { type OperationName, type Spec, targetNamespaces } from '../api/task.ts'
import type { Task } from './task.ts'

/** The plain-words equivalent of a run, `sleep namespace/team-a`: what a person would have typed. */
export function command(task: Task, operation: OperationName, namespaces: readonly string[]): string {
  const where = namespaces.length > 0 ? namespaces : targetNamespaces(task.spec, task.namespace)
  const { scale, restart } = task.spec.operation
  const place = `namespace/${where.join(',')}`
  if (operation === 'scale' && scale) return `scale ${workloads(scale)} --replicas=${scale.replicas} in ${place}`
  if (operation === 'restart' && restart) return `restart ${workloads(restart)} in ${place}`
  return `${operation} ${place}`
}

type Workloads = NonNullable<Spec['operation']['restart']>

/** `deployment,statefulset/web,api -l tier=front`. */
function workloads({ kinds, names, selector }: Workloads): string {
  const named = names ? `/${names.join(',')}` : ''
  return `${kinds.join(',').toLowerCase()}${named}${selector ? ` -l ${selectorText(selector)}` : ''}`
}

/** As kubectl takes it after `-l`: `tier=front,app in (web,api),!old`. */
function selectorText({ matchLabels = {}, matchExpressions = [] }: NonNullable<Workloads['selector']>): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
  const conditions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${values.join(',')})`
  })
  return [...labels, ...conditions].join(',')
}
