import { type OperationName, type Spec, targetNamespaces } from '../api/task.ts'
import { type Selector, selectorText } from './selector-text.ts'
import type { Task } from './task.ts'

/** The plain-words equivalent of a run, `sleep namespace/team-a`: what a person would have typed. */
export function command(task: Task, operation: OperationName, namespaces: readonly string[]): string {
  const { spec } = task
  const place = placeOf(spec, namespaces.length > 0 ? namespaces : targetNamespaces(spec, task.namespace))
  return words(spec.operation, operation, place) ?? `${operation} ${place}`
}

function placeOf({ target }: Spec, namespaces: readonly string[] | undefined): string {
  if (namespaces) return `namespace/${namespaces.join(',')}`
  return `namespaces -l ${selectorText(target?.namespaceSelector ?? {})}`
}

function words(given: Spec['operation'], operation: OperationName, place: string): string | undefined {
  switch (operation) {
    case 'scale':
      return given.scale && `scale ${objects(given.scale)} --replicas=${given.scale.replicas} in ${place}`
    case 'restart':
      return given.restart && `restart ${objects(given.restart)} in ${place}`
    case 'cleanup':
      return given.cleanup && `delete ${objects(given.cleanup)}${conditions(given.cleanup)} in ${place}`
    case 'createNamespace':
      return `create ${place}`
    case 'deleteNamespace':
      return `delete ${place}`
    case 'patch':
      return given.patch && `patch ${objects({ ...given.patch, kinds: [given.patch.kind] })} in ${place}`
    case 'apply':
      return `apply manifests in ${place}`
    case 'job':
      return `run a job${given.job?.image === undefined ? '' : ` with ${given.job.image}`} in ${place}`
    default:
      return undefined
  }
}

/** ` of phase Succeeded,Failed, older than 3600 s, but for the newest 3`. */
function conditions({ phases, olderThanSeconds, keepNewest }: NonNullable<Spec['operation']['cleanup']>): string {
  const parts = [
    ...(phases ? [`of phase ${phases.join(',')}`] : []),
    ...(olderThanSeconds === undefined ? [] : [`older than ${olderThanSeconds} s`]),
    ...(keepNewest === undefined ? [] : [`but for the newest ${keepNewest}`]),
  ]
  return parts.length > 0 ? ` ${parts.join(', ')}` : ''
}

interface Objects {
  readonly kinds: readonly string[]
  readonly names?: readonly string[] | undefined
  readonly selector?: Selector | undefined
}

/** `deployment,statefulset/web,api -l tier=front`. */
function objects({ kinds, names, selector }: Objects): string {
  const named = names ? `/${names.join(',')}` : ''
  return `${kinds.join(',').toLowerCase()}${named}${selector ? ` -l ${selectorText(selector)}` : ''}`
}
