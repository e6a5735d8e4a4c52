import { GROUP } from '../api/names.ts'
import { isObject } from '../lib/json.ts'
import { valueIn } from './documents.ts'
import { complaint, membersOf } from './finding.ts'

type Members = Readonly<Record<string, unknown>>

/** Members of `metadata` that no patch may write: what an object is, and what the API server itself notes there. */
const NOT_PATCHED: readonly string[] = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'generateName',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
]
const OPERATIONS: readonly unknown[] = ['add', 'remove', 'replace', 'move', 'copy', 'test']

/** What is wrong with the text of a patch, whose operation this is; values of a wrong type are passed over. */
export function patchProblem(operation: Members): string | undefined {
  const { patch, type } = operation
  if (typeof patch !== 'string') return undefined
  let value: unknown
  const wrong = complaint(() => {
    value = valueIn(patch)
  })
  return wrong ?? (type === 'JSON' ? problemOfList(value) : problemOfMap(value, operation))
}

function problemOfList(value: unknown): string | undefined {
  const isOperation = (one: unknown) => {
    const { op, path } = membersOf(one)
    return OPERATIONS.includes(op) && typeof path === 'string'
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(isOperation))
    return 'must be a list of operations, such as [{op: replace, path: /data/level, value: info}]'
  for (const { op, path, from } of value.map(membersOf)) {
    const written = [...(op === 'test' ? [] : [path]), ...(op === 'move' ? [from] : [])]
    const problem = written.map(pointer => problemOfPointer(String(pointer))).find(one => one !== undefined)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** A JSON pointer (RFC 6901), in which `/` within a name is `~1`. */
function problemOfPointer(pointer: string): string | undefined {
  const [empty, ...names] = pointer.split('/').map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (empty !== '' || names.length === 0) return `'${pointer}' is no path of a field: write such as /data/level`
  const [first = '', second, third] = names
  if (first === 'apiVersion' || first === 'kind') return identity(first)
  if (first !== 'metadata') return undefined
  if (second === undefined || (second === 'annotations' && third === undefined)) {
    return `'${pointer}' is all of them at once: write single ones, such as /metadata/annotations/example.com~1team`
  }
  if (NOT_PATCHED.includes(second)) return identity(`metadata.${second}`)
  return second === 'annotations' ? problemOfAnnotation(third) : undefined
}

function problemOfMap(value: unknown, operation: Members): string | undefined {
  const members = membersOf(value)
  if (Object.keys(members).length === 0)
    return 'must be a map, such as {data: {level: info}}; for a list of operations write type: JSON'
  const { metadata, kind } = members
  if (metadata === null || membersOf(metadata)['annotations'] === null)
    return 'cannot remove all annotations: write null for each of those that are to go'
  if (kind !== undefined && kind !== String(operation['kind']).split('.')[0]) return identity('kind')
  if (metadata !== undefined && !isObject(metadata)) return 'metadata must be a map'
  const { annotations, name, ...rest } = membersOf(metadata)
  if (annotations !== undefined && !isObject(annotations)) return 'metadata.annotations must be a map'
  const { names } = operation
  const isTheOne = Array.isArray(names) && names.length === 1 && names[0] === name
  if (name !== undefined && !isTheOne) return identity('metadata.name')
  const written = Object.keys(rest).find(key => NOT_PATCHED.includes(key))
  if (written !== undefined) return identity(`metadata.${written}`)
  return Object.keys(annotations ?? {})
    .map(problemOfAnnotation)
    .find(problem => problem !== undefined)
}

/** Those of Rota are written by Rota alone. */
export function problemOfAnnotation(name: string | undefined): string | undefined {
  return name?.startsWith(`${GROUP}/`) ? `annotation ${name} is written by Rota: leave it out` : undefined
}

function identity(field: string): string {
  return `cannot change ${field}: leave it out`
}
