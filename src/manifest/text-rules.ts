import { GROUP } from '../api/names.ts'
import { type Finding, valuesAt } from './finding.ts'

/** A text that has to look like something. What the CRD says in CEL, said once more: see the test that holds both together. */
interface TextRule {
  readonly at: readonly string[]
  readonly accepts: (text: string) => boolean
  readonly message: string
  readonly reason?: string
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const KIND = /^[A-Z][A-Za-z0-9]*([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const PHASE = /^[A-Z][A-Za-z]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROL = /[\x00-\x1f\x7f]/

const operation = (...path: readonly string[]) => ['spec', 'operation', ...path]

const oneLine = (field: string): TextRule => ({
  at: ['spec', field],
  accepts: text => !CONTROL.test(text),
  message: 'must be one line of text, without line breaks or other control characters',
})
const named = (at: readonly string[], what: string, example: string): TextRule => ({
  at,
  accepts: text => DNS_SUBDOMAIN.test(text),
  message: `write the name of ${what}: lower-case letters, digits, '-' and '.', with a letter or digit at both ends, such as ${example}`,
})
const object = (...path: readonly string[]) => named(operation(...path), 'an object', 'web')
const kind = (...path: readonly string[]): readonly TextRule[] => [
  {
    at: operation(...path),
    accepts: text => KIND.test(text),
    message: 'write a kind of Kubernetes, such as Deployment, or a kind and its API group, such as Rollout.argoproj.io',
  },
  {
    at: operation(...path),
    accepts: text => !text.endsWith(`.${GROUP}`),
    message: "tasks do not work on Rota's own kinds: write another kind",
  },
]

/** Kubernetes would only find out when it makes the pod, of which the Job tells nothing. */
const PRINTABLE = /^[!-~]+$/

const TEXT_RULES: readonly TextRule[] = [
  oneLine('title'),
  oneLine('costCenter'),
  named(['spec', 'serviceAccountName'], 'a ServiceAccount', 'rota'),
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
  named(['spec', 'dependsOn', '*', 'name'], 'a ScheduledTask', 'backup'),
  object('scale', 'names', '*'),
  object('restart', 'names', '*'),
  object('patch', 'names', '*'),
  ...['sleep', 'wake', 'cleanup'].map(name => object(name, 'exclude', 'names', '*')),
  ...['sleep', 'wake', 'scale', 'cleanup'].flatMap(name => kind(name, 'kinds', '*')),
  ...kind('patch', 'kind'),
  {
    at: operation('job', 'image'),
    accepts: text => PRINTABLE.test(text),
    message: 'write the name of an image, without spaces and other special characters, such as busybox:1.37',
    reason: 'InvalidJob',
  },
  {
    at: operation('cleanup', 'phases', '*'),
    accepts: text => PHASE.test(text),
    message: 'write a phase as the status of the object shows it, such as Succeeded',
  },
]

/** Values of a wrong type are passed over. */
export function textRuleFindings(root: unknown): readonly Finding[] {
  return TEXT_RULES.flatMap(({ at, accepts, message, reason = 'InvalidSpec' }) =>
    valuesAt(root, at)
      .filter(([, value]) => typeof value === 'string' && !accepts(value))
      .map(([path]) => ({ path, message, reason })),
  )
}
