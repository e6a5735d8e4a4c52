import { GROUP } from '../api/names.ts'
import { OPERATIONS } from '../api/task.ts'
import { isObject } from '../lib/json.ts'
import { type Document, documentsIn } from './documents.ts'
import { complaint, type Finding, membersOf, type Path, valuesAt } from './finding.ts'
import { patchProblem, problemOfAnnotation } from './patch-rules.ts'

/** What a rule looks at: the parts of a spec, whatever their types are. */
interface Parts {
  /** Members of the operation of this name; `undefined` when it is not there. */
  of(name: string): Readonly<Record<string, unknown>> | undefined
  readonly target: Readonly<Record<string, unknown>> | undefined
  /** Of the target, as far as they are texts. */
  readonly namespaces: readonly string[] | undefined
  /** The task's own. */
  readonly home: string
}

type OperationRule = (parts: Parts) => readonly Finding[]

const SPEC: Path = ['spec']
const at = (...path: Path): Path => ['spec', 'operation', ...path]
const found = (path: Path, message: string, reason = 'InvalidSpec'): readonly Finding[] => [{ path, message, reason }]

/** A Job that has ended is there so long, for Rota to see it; leave it out and it is there for a day. Seconds. */
const LEAST_KEPT = 300

/** What the CRD says in CEL, too. */
const ADMISSION: readonly OperationRule[] = [
  ({ of, target }) =>
    of('createNamespace') && (target?.['namespaces'] ?? null) === null
      ? found(SPEC, 'createNamespace needs target.namespaces: the names of the namespaces')
      : [],
  ({ of, target, namespaces }) => {
    const operation = of('deleteNamespace')
    if (!operation) return []
    const confirm = operation['confirm'] ?? undefined
    const bySelector = (target?.['namespaceSelector'] ?? null) !== null
    const isSame =
      Array.isArray(confirm) &&
      confirm.length === namespaces?.length &&
      confirm.every(name => namespaces.includes(name as string))
    if (bySelector ? confirm === undefined : isSame) return []
    return found(
      SPEC,
      'deleteNamespace needs confirm with the same names as target.namespaces; or target.namespaceSelector, and no confirm',
    )
  },
  ({ of, target, namespaces }) =>
    of('job') && target && namespaces?.length !== 1
      ? found(SPEC, 'a job runs in one namespace: write one name into target.namespaces, or leave target out')
      : [],
]

/** What admission cannot see: the insides of texts, and where the task lives. */
const BEYOND: readonly OperationRule[] = [
  ({ of, home, namespaces }) => {
    const own = of('deleteNamespace') ? (namespaces ?? []).indexOf(home) : -1
    if (own < 0) return []
    return found(
      ['spec', 'target', 'namespaces', own],
      'is the namespace of the task itself, which it never deletes: write another one, or move the task',
      'OwnNamespace',
    )
  },
  parts => manifestFindings(parts, 'apply', parts.namespaces ?? (parts.target ? undefined : [parts.home])),
  parts => manifestFindings(parts, 'createNamespace', parts.namespaces),
  ({ of }) => {
    const problem = patchProblem(of('patch') ?? {})
    return problem === undefined ? [] : found(at('patch', 'patch'), problem, 'InvalidPatch')
  },
  ({ of }) => {
    const kept = membersOf(of('job')?.['template'])['ttlSecondsAfterFinished']
    return typeof kept === 'number' && kept < LEAST_KEPT
      ? found(
          at('job', 'template', 'ttlSecondsAfterFinished'),
          `must be at least ${LEAST_KEPT}, and is ${kept}: Rota has to see how the Job has ended`,
          'InvalidJob',
        )
      : []
  },
]

/** What is wrong with an operation beyond its structure; values of a wrong type are passed over. */
export function operationRuleFindings(spec: Readonly<Record<string, unknown>>, home: string): readonly Finding[] {
  const operation = membersOf(spec['operation'])
  const target = isObject(spec['target']) ? membersOf(spec['target']) : undefined
  const names = target?.['namespaces']
  const parts: Parts = {
    of: name => (isObject(operation[name]) ? membersOf(operation[name]) : undefined),
    target,
    namespaces: Array.isArray(names) ? names.filter(name => typeof name === 'string') : undefined,
    home,
  }
  return [...oneOperation(spec), ...ADMISSION.flatMap(rule => rule(parts)), ...BEYOND.flatMap(rule => rule(parts))]
}

function oneOperation(spec: Readonly<Record<string, unknown>>): readonly Finding[] {
  return valuesAt({ spec }, ['spec', 'operation']).flatMap(([path, operation]) => {
    const names: readonly string[] = OPERATIONS
    const set = Object.entries(membersOf(operation)).filter(([name, value]) => names.includes(name) && value !== null)
    if (set.length === 1 || typeof operation !== 'object') return []
    return found(path, `must have exactly one of ${OPERATIONS.join(', ')}`)
  })
}

/** @param namespaces where they may be; `undefined`: labels decide */
function manifestFindings({ of }: Parts, name: string, namespaces: readonly string[] | undefined): readonly Finding[] {
  const text = of(name)?.['manifests']
  if (typeof text !== 'string') return []
  const path = at(name, 'manifests')
  let documents: readonly Document[] = []
  const wrong = complaint(() => {
    documents = documentsIn(text)
  })
  if (wrong !== undefined) return found(path, wrong, 'InvalidManifests')
  return documents.flatMap((document, index) => {
    const message = documentProblem(document, namespaces)
    return message === undefined ? [] : found(path, `document ${index + 1}: ${message}`, 'InvalidManifests')
  })
}

function documentProblem(
  { apiVersion, kind, metadata: { name, namespace, annotations } }: Document,
  namespaces: readonly string[] | undefined,
): string | undefined {
  const called = `${kind}/${name}`
  if (apiVersion.startsWith(`${GROUP}/`)) return `${called}: tasks do not work on Rota's own kinds`
  if (kind === 'Namespace' && apiVersion === 'v1')
    return `${called}: is not in a namespace: write createNamespace instead`
  const wrong = Object.keys(annotations ?? {})
    .map(problemOfAnnotation)
    .find(problem => problem !== undefined)
  if (wrong !== undefined) return `${called}: ${wrong}`
  if (namespace === undefined || !namespaces || namespaces.includes(namespace)) return undefined
  return `${called}: namespace ${namespace} is no target of this task: add it to target.namespaces`
}
