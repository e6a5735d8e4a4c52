import type { Question } from '../execution/ports.ts'
import type { Right } from '../operations/contract.ts'

/** Whether a right is there for a verb and a namespace; without one in the whole cluster. A namespace itself is asked for by name. */
export function questionOf({ group, resource, cluster }: Right, verb: string, namespace?: string): Question {
  if (namespace === undefined) return { verb, group, resource }
  return { verb, group, resource, ...(cluster ? { name: namespace } : { namespace }) }
}
