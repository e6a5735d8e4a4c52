import { type Finding, membersOf, type Path, valuesAt } from './finding.ts'

/** Which members of a map go together. Said by the CRD in CEL too: see the test that holds both together. */
interface MemberRule {
  readonly at: readonly string[]
  readonly accepts: (has: (name: string) => boolean, members: Readonly<Record<string, unknown>>) => boolean
  readonly message: string
}

const reason = 'InvalidSpec'
const operation = (...path: readonly string[]) => ['spec', 'operation', ...path]
const selectorsOf = (name: string) => [operation(name, 'selector'), operation(name, 'exclude', 'selector')]
const EXCLUDING = ['sleep', 'wake', 'cleanup']
const SELECTORS: readonly (readonly string[])[] = [
  ...EXCLUDING.flatMap(selectorsOf),
  ...['scale', 'restart', 'patch'].map(name => operation(name, 'selector')),
]
const NAMESPACE_SELECTOR = ['spec', 'target', 'namespaceSelector']
/** Wherever a spec chooses by labels. */
export const ALL_SELECTORS: readonly (readonly string[])[] = [...SELECTORS, NAMESPACE_SELECTOR]

const isEmpty = (value: unknown) => typeof value !== 'object' || Object.keys(value ?? {}).length === 0
const someLabels = (at: readonly string[], message: string): MemberRule => ({
  at,
  accepts: (_, { matchLabels, matchExpressions }) => !isEmpty(matchLabels) || !isEmpty(matchExpressions),
  message,
})
const anyOf = (at: readonly string[], of: readonly string[], message: string): MemberRule => ({
  at,
  accepts: has => of.some(has),
  message,
})

const MEMBER_RULES: readonly MemberRule[] = [
  ...SELECTORS.map(at =>
    someLabels(at, 'must not be empty: write matchLabels or matchExpressions, or leave it out for all'),
  ),
  someLabels(NAMESPACE_SELECTOR, 'must not be empty: write matchLabels or matchExpressions'),
  ...EXCLUDING.map(name =>
    anyOf(operation(name, 'exclude'), ['names', 'selector'], 'must not be empty: write names or selector'),
  ),
  anyOf(['spec', 'maxAffected'], ['objects', 'percent'], 'must not be empty: write objects or percent'),
  anyOf(operation('scale'), ['names', 'selector'], 'write names or selector: which workloads are to be scaled'),
  anyOf(operation('patch'), ['names', 'selector'], 'write names or selector: which objects are to be patched'),
  anyOf(
    operation('cleanup'),
    ['selector', 'olderThanSeconds', 'keepNewest', 'phases'],
    'write at least one of selector, olderThanSeconds, keepNewest and phases: what is to be deleted',
  ),
  {
    at: ['spec', 'target'],
    accepts: has => has('namespaces') !== has('namespaceSelector'),
    message: 'write either namespaces or namespaceSelector',
  },
  {
    at: operation('job'),
    accepts: has => has('template') !== has('image'),
    message: 'write either image or template',
  },
  {
    at: operation('job'),
    accepts: has => !has('template') || !['command', 'args', 'env'].some(has),
    message: 'command, args and env belong to image: write them into the template',
  },
]

/** Values of a wrong type are passed over. */
export function memberRuleFindings(root: unknown): readonly Finding[] {
  const findings = MEMBER_RULES.flatMap(({ at, accepts, message }) =>
    valuesAt(root, at)
      .filter(([, value]) => typeof value === 'object' && !Array.isArray(value))
      .filter(([, value]) => {
        const members = membersOf(value)
        return !accepts(name => members[name] !== undefined && members[name] !== null, members)
      })
      .map(([path]): Finding => ({ path, message, reason })),
  )
  return [...findings, ...ALL_SELECTORS.flatMap(at => conditionFindings(root, at))]
}

/** Conditions of a selector: values with In and NotIn, and with no others. */
function conditionFindings(root: unknown, selector: readonly string[]): readonly Finding[] {
  return valuesAt(root, [...selector, 'matchExpressions', '*']).flatMap(
    ([path, condition]: readonly [Path, unknown]) => {
      const { operator, values } = membersOf(condition)
      const needs = operator === 'In' || operator === 'NotIn'
      const has = Array.isArray(values) && values.length > 0
      if (needs === has || typeof operator !== 'string') return []
      return [{ path, message: 'write values with In and NotIn, and none with Exists and DoesNotExist', reason }]
    },
  )
}
