import { timetable } from '../schedule/timetable.ts'
import { checkZone } from '../schedule/zone.ts'
import { type Finding, membersOf, type Path, valuesAt } from './finding.ts'

/** A text that has to look like something. What the CRD says in CEL, said once more: see the test that holds both together. */
interface TextRule {
  readonly at: readonly string[]
  readonly accepts: (text: string) => boolean
  readonly message: string
  readonly reason?: string
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROL = /[\x00-\x1f\x7f]/

const oneLine = (field: string): TextRule => ({
  at: ['spec', field],
  accepts: text => !CONTROL.test(text),
  message: 'must be one line of text, without line breaks or other control characters',
})
const named = (at: readonly string[], what: string, example: string): TextRule => ({
  at,
  accepts: text => DNS_SUBDOMAIN.test(text),
  message: `write the name of a ${what}: lower-case letters, digits, '-' and '.', with a letter or digit at both ends, such as ${example}`,
})

const TEXT_RULES: readonly TextRule[] = [
  oneLine('title'),
  oneLine('costCenter'),
  named(['spec', 'serviceAccountName'], 'ServiceAccount', 'rota'),
  {
    at: ['spec', 'target', 'namespaces', '*'],
    accepts: text => DNS_LABEL.test(text),
    message:
      "write the name of a namespace: lower-case letters, digits and '-', with a letter or digit at both ends, such as team-a",
  },
  {
    at: ['spec', 'target', 'namespaces', '*'],
    accepts: text => !text.startsWith('kube-'),
    message: 'namespaces that begin with kube- belong to the cluster and cannot be targets: write another namespace',
    reason: 'ProtectedNamespace',
  },
  named(['spec', 'dependsOn', '*', 'name'], 'ScheduledTask', 'backup'),
  named(['spec', 'operation', 'scale', 'names', '*'], 'workload', 'web'),
  named(['spec', 'operation', 'restart', 'names', '*'], 'workload', 'web'),
  named(['spec', 'operation', 'sleep', 'exclude', 'names', '*'], 'workload', 'web'),
  named(['spec', 'operation', 'wake', 'exclude', 'names', '*'], 'workload', 'web'),
]

/** At least one of these members must be there. */
const ANY_OF: readonly { readonly at: readonly string[]; readonly of: readonly string[]; readonly message: string }[] =
  [
    ...[
      ['spec', 'operation', 'sleep', 'selector'],
      ['spec', 'operation', 'sleep', 'exclude', 'selector'],
      ['spec', 'operation', 'wake', 'selector'],
      ['spec', 'operation', 'wake', 'exclude', 'selector'],
      ['spec', 'operation', 'scale', 'selector'],
      ['spec', 'operation', 'restart', 'selector'],
    ].map(at => ({
      at,
      of: ['matchLabels', 'matchExpressions'],
      message: 'must not be empty: write matchLabels or matchExpressions, or leave it out for all workloads',
    })),
    ...[
      ['spec', 'operation', 'sleep', 'exclude'],
      ['spec', 'operation', 'wake', 'exclude'],
    ].map(at => ({ at, of: ['names', 'selector'], message: 'must not be empty: write names or selector' })),
    { at: ['spec', 'maxAffected'], of: ['objects', 'percent'], message: 'must not be empty: write objects or percent' },
    {
      at: ['spec', 'operation', 'scale'],
      of: ['names', 'selector'],
      message: 'write names or selector: which workloads are to be scaled',
    },
  ]

const OPERATIONS = ['sleep', 'wake', 'scale', 'restart']

/** Whose task it is: `H` and a dependency on itself need its name. */
export interface Home {
  readonly namespace: string
  readonly name: string
}

/** What is wrong with a spec beyond its structure; values of a wrong type are passed over. */
export function ruleFindings(spec: unknown, home: Home): readonly Finding[] {
  const root = { spec }
  const findings: Finding[] = []
  for (const { at, accepts, message, reason = 'InvalidSpec' } of TEXT_RULES) {
    for (const [path, value] of valuesAt(root, at)) {
      if (typeof value === 'string' && !accepts(value)) findings.push({ path, message, reason })
    }
  }
  for (const [path, operation] of valuesAt(root, ['spec', 'operation'])) {
    const set = Object.entries(membersOf(operation)).filter(
      ([name, value]) => OPERATIONS.includes(name) && value !== null,
    )
    if (set.length === 1 || typeof operation !== 'object') continue
    findings.push({ path, message: `must have exactly one of ${OPERATIONS.join(', ')}`, reason: 'InvalidSpec' })
  }
  for (const { at, of, message } of ANY_OF) {
    for (const [path, value] of valuesAt(root, at)) {
      findings.push(...emptyFindings(path, value, of, message), ...valueFindings(path, value))
    }
  }
  for (const [path, name] of valuesAt(root, ['spec', 'dependsOn', '*', 'name'])) {
    if (name === home.name) findings.push({ path, message: 'is the task itself: remove it', reason: 'InvalidSpec' })
  }
  return [...findings, ...scheduleFindings(membersOf(spec), home)]
}

function emptyFindings(path: Path, value: unknown, of: readonly string[], message: string): readonly Finding[] {
  const members = membersOf(value)
  const isThere = (name: string) => {
    const member = members[name]
    // Names and a selector are judged by themselves; labels and conditions must not be empty.
    return member !== undefined && member !== null && (!of.includes('matchLabels') || Object.keys(member).length > 0)
  }
  return typeof value !== 'object' || of.some(isThere) ? [] : [{ path, message, reason: 'InvalidSpec' }]
}

/** Conditions of a selector: values with In and NotIn, and with no others. */
function valueFindings(path: Path, selector: unknown): readonly Finding[] {
  return valuesAt(selector, ['matchExpressions', '*']).flatMap(([at, condition]) => {
    const { operator, values } = membersOf(condition)
    const needs = operator === 'In' || operator === 'NotIn'
    const has = Array.isArray(values) && values.length > 0
    if (needs === has || typeof operator !== 'string') return []
    const message = 'write values with In and NotIn, and none with Exists and DoesNotExist'
    return [{ path: [...path, ...at], message, reason: 'InvalidSpec' }]
  })
}

function scheduleFindings(spec: Readonly<Record<string, unknown>>, { namespace, name }: Home): readonly Finding[] {
  const zone = spec['timeZone'] ?? 'UTC'
  if (typeof zone !== 'string') return []
  const wrongZone = complaint(() => checkZone(zone))
  if (wrongZone !== undefined) return [{ path: ['spec', 'timeZone'], message: wrongZone, reason: 'InvalidTimeZone' }]
  const { skippedTime, repeatedTime } = membersOf(spec['daylightSaving'])
  const policy = {
    skippedTime: skippedTime === 'Skip' ? 'Skip' : 'RunAfter',
    repeatedTime: repeatedTime === 'Last' || repeatedTime === 'Both' ? repeatedTime : 'First',
  } as const
  const paths: readonly Path[] = [
    ['spec', 'schedule'],
    ['spec', 'operation', 'sleep', 'wakeSchedule'],
  ]
  return paths.flatMap(path => {
    const [found] = valuesAt({ spec }, path as readonly string[])
    const expression = found?.[1]
    if (typeof expression !== 'string') return []
    const message = complaint(() => timetable({ expression, zone, ...policy, hashKey: `${namespace}/${name}` }))
    return message === undefined ? [] : [{ path, message, reason: 'InvalidSchedule' }]
  })
}

function complaint(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
