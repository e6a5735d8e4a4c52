import { resourceName } from '../../api/kinds.ts'
import type { Question } from '../../execution/ports.ts'
import type { Missing, Right } from '../../operations/contract.ts'
import { TO_CHOOSE_NAMESPACES } from '../../operations/roles.ts'

/** A right that a run takes: how to ask for it, and how to grant it when it is missing. */
export interface Need {
  readonly question: Question
  readonly missing: Omit<Missing, 'account'>
}

export interface Where {
  readonly namespaces: readonly string[]
  /** Those that are yet to be made: they hold no binding, so rights in them are granted in the whole cluster. */
  readonly absent: readonly string[]
  /** Whether labels choose the namespaces, so that all of them have to be listed. */
  readonly byLabel: boolean
}

/** Each right once for each verb and namespace. */
export function needsOf(rights: readonly Right[], { namespaces, absent, byLabel }: Where): readonly Need[] {
  const each = (right: Right, namespace?: string) =>
    right.verbs.map(verb => needOf(right, verb, namespace, namespace !== undefined && absent.includes(namespace)))
  return [
    ...(byLabel ? TO_CHOOSE_NAMESPACES.flatMap(right => each(right)) : []),
    ...namespaces.flatMap(namespace => rights.flatMap(right => each(right, namespace))),
  ]
}

function needOf({ group, resource, cluster }: Right, verb: string, of: string | undefined, isAbsent: boolean): Need {
  const called = resourceName(group, resource)
  if (of === undefined) return { question: { verb, group, resource }, missing: { verb, resource: called } }
  // A namespace that is yet to be made, or on its way out, holds no binding: the right to it is one of the cluster.
  if (cluster)
    return { question: { verb, group, resource, name: of }, missing: { verb, resource: called, namespace: of } }
  const question = { verb, group, resource, namespace: of }
  return { question, missing: { verb, resource: called, ...(!isAbsent && { namespace: of }) } }
}
