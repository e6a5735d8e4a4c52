import { type OperationName, targetNamespaces } from '../api/task.ts'
import type { Task } from './task.ts'

/** The plain-words equivalent of a run, `sleep namespace/team-a`: what a person would have typed. */
export function command(task: Task, operation: OperationName, namespaces: readonly string[]): string {
  const where = namespaces.length > 0 ? namespaces : targetNamespaces(task.spec, task.namespace)
  const { scale, restart } = task.spec.operation
  const place = `namespace/${where.join(',')}`
  if (operation === 'scale' && scale) {
    return `scale ${scale.kinds.join(',').toLowerCase()}/${scale.names.join(',')} --replicas=${scale.replicas} in ${place}`
  }
  if (operation === 'restart' && restart) {
    return `restart ${restart.kinds.join(',').toLowerCase()}${restart.names ? `/${restart.names.join(',')}` : ''} in ${place}`
  }
  return `${operation} ${place}`
}
