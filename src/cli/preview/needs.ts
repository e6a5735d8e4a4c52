import { resourceName } from '../../api/kinds.ts'
import type { Question } from '../../execution/ports.ts'
import type { Missing, Right } from '../../operations/contract.ts'
import { TO_CHOOSE_NAMESPACES } from '../../operations/roles.ts'
import { questionOf } from '../../runs/question.ts'

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

function needOf(right: Right, verb: string, of: string | undefined, isAbsent: boolean): Need {
  const question = questionOf(right, verb, of)
  const resource = resourceName(right.group, right.resource)
  // A namespace that is yet to be made, or on its way out, holds no binding: a right in it is one of the cluster.
  const isNamed = of !== undefined && (right.cluster || !isAbsent)
  return { question, missing: { verb, resource, ...(isNamed && { namespace: of }) } }
}
