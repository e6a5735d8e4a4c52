import { requestProblem, requestsOf } from './annotations.ts'
import { type Finding, membersOf } from './finding.ts'
import { keyProblem, labelValueProblem } from './labels.ts'
import { nearest } from './nearest.ts'

/** `metav1.ObjectMeta`, which a CRD does not describe. */
const FIELDS = [
  ...['name', 'generateName', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences', 'uid', 'selfLink'],
  ...['resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'],
  'managedFields',
]
const LONGEST_NAME = 52
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** What is wrong with `metadata`, as far as a person writes it. */
export function metadataFindings(metadata: unknown): readonly Finding[] {
  const reason = 'InvalidMetadata'
  const meta = membersOf(metadata)
  const findings: Finding[] = Object.keys(meta)
    .filter(name => !FIELDS.includes(name))
    .map(name => {
      const like = nearest(name, FIELDS)
      return {
        path: ['metadata', name],
        message: `is no field of metadata${like ? `: did you mean ${like}?` : ''}`,
        reason,
      }
    })
  const add = (member: string, message: string) => findings.push({ path: ['metadata', member], message, reason })
  const { name, namespace } = meta
  if (name === undefined || name === null || name === '') add('name', 'is missing')
  else if (typeof name !== 'string' || !NAME.test(name))
    add('name', "must be lower-case letters, digits, '-' and '.', with a letter or digit at both ends")
  else if (name.length > LONGEST_NAME)
    add('name', `must have at most ${LONGEST_NAME} characters, and has ${name.length}`)
  if (namespace !== undefined && namespace !== null && (typeof namespace !== 'string' || !NAMESPACE.test(namespace)))
    add('namespace', "must be at most 63 lower-case letters, digits and '-', with a letter or digit at both ends")
  return [
    ...findings,
    ...mapFindings('labels', meta['labels'], labelValueProblem),
    ...mapFindings('annotations', meta['annotations']),
  ]
}

function mapFindings(
  member: string,
  map: unknown,
  valueProblem?: (value: string) => string | undefined,
): readonly Finding[] {
  const reason = 'InvalidMetadata'
  const findings: Finding[] = []
  if (map === undefined || map === null) return findings
  if (typeof map !== 'object' || Array.isArray(map))
    return [{ path: ['metadata', member], message: 'must be a map of texts', reason }]
  for (const [key, value] of Object.entries(map)) {
    const path = ['metadata', member, key]
    const text = typeof value === 'string' ? value : undefined
    // A null is taken as an empty text.
    const message =
      keyProblem(key) ?? (text === undefined && value !== null ? noText(value) : valueProblem?.(text ?? ''))
    if (message !== undefined) findings.push({ path, message, reason })
  }
  if (member !== 'annotations' || findings.length > 0) return findings
  const problem = requestProblem(requestsOf(map as Readonly<Record<string, string>>))
  return problem
    ? [{ path: ['metadata', 'annotations', problem.annotation], message: problem.message, reason: problem.reason }]
    : []
}

function noText(value: unknown): string {
  return typeof value === 'object' ? 'must be a text' : `must be a text: write "${String(value)}" in quotes`
}
