import fc from 'fast-check'
import { BASES } from './bases.ts'
import { crdSchema } from './crd.ts'
import { type Mutation, mutated, mutationsOf, type Path } from './mutations.ts'

/** A spec in which something may be wrong, and what it is when it is right. */
export interface BadInput {
  /** `sleep: spec.operation.sleep.replicas is a text`. */
  readonly name: string
  readonly spec: unknown
  readonly right: object
  /** Fields that were changed; one of them has to be named. */
  readonly fields: readonly Path[]
}

const SPEC = crdSchema('spec')

/** Each good spec with each of the mutations of the schema. */
export function fromSchema(): readonly BadInput[] {
  return Object.entries(BASES).flatMap(([base, right]) =>
    mutationsOf(SPEC, right).map(mutation => ({
      name: `${base}: ${inWords(mutation)}`,
      spec: mutated(right, mutation),
      right,
      fields: [mutation.at],
    })),
  )
}

function inWords({ at, what }: Mutation): string {
  return `${textOf(at)} is ${what}`
}

/** As the API server writes it. */
export function textOf(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`),
    'spec',
  )
}

/** Whether a message says where one of the fields is: by its path, by that of what holds it, or by its name. */
export function namesOneOf(message: string, fields: readonly Path[]): boolean {
  return fields.some(field => {
    const around = field.map((_, depth) => textOf(field.slice(0, depth + 1)))
    const name = field.findLast(part => typeof part === 'string')
    return (
      around.some(text => message.includes(text)) ||
      (name !== undefined && name !== '' && message.includes(String(name)))
    )
  })
}

/** Good specs with two mutations at once, by a seed. */
export function pairs(count: number, seed: number): readonly BadInput[] {
  const single = Object.entries(BASES).map(([base, right]) => ({ base, right, mutations: mutationsOf(SPEC, right) }))
  const two = fc.constantFrom(...single).chain(({ base, right, mutations }) =>
    fc.tuple(fc.constantFrom(...mutations), fc.constantFrom(...mutations)).map(
      ([first, second]): BadInput => ({
        name: `${base}: ${inWords(first)}, and ${inWords(second)}`,
        spec: mutated(mutated(right, first), second),
        right,
        fields: [first.at, second.at],
      }),
    ),
  )
  return fc.sample(two, { numRuns: count, seed })
}
