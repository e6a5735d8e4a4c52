import { stringify } from 'yaml'
import type { OperationName } from '../../../src/api/task.ts'
import { podTemplate } from '../../harness/api.ts'
import { oneOfEach } from '../../harness/one-of-each.ts'

/** A task, run so many times, whose account has the role of its operation and nothing else. */
export interface Scenario {
  readonly name: string
  readonly account: OperationName
  readonly spec: { readonly operation: object; readonly [field: string]: unknown }
  /** What its record says. */
  readonly says: RegExp
  readonly runs?: number
  readonly result?: 'TimedOut'
}

const mark = { of: 'each' }
const each = Object.values(oneOfEach('one', mark))
const kinds = Object.keys(oneOfEach('one', mark))
const half = Math.ceil(kinds.length / 2)
const ofOne = { selector: { matchLabels: mark } }
/** Is there before. */
export const OLD = 'preview-1'
const at = (name: string) => ({ target: { namespaces: [name] } })

const plain = (account: OperationName, fields: object, says: RegExp): Scenario => ({
  name: account.toLowerCase(),
  account,
  spec: { operation: { [account]: fields } },
  says,
})

/** In this order; all that the ten operations can do with the usual kinds. */
export const SCENARIOS: readonly Scenario[] = [
  plain('scale', { names: ['web', 'db'], replicas: 2 }, /^scaled 1 Deployment and 1 StatefulSet$/),
  plain('restart', {}, /^restarted 1 DaemonSet, 1 Deployment and 1 StatefulSet$/),
  {
    ...plain('sleep', { replicas: 1 }, /^slept 1 CronJob, 1 Deployment and 1 StatefulSet; left out: queue/),
    name: 'doze',
  },
  plain('sleep', { verify: {} }, /^slept 1 CronJob, 1 Deployment, 1 ScaledObject and 1 StatefulSet; verified$/),
  plain('wake', { verify: {} }, /^woke 1 CronJob, 1 Deployment, 1 ScaledObject and 1 StatefulSet; verified$/),
  {
    ...plain('apply', { manifests: each.map(object => stringify(object)).join('---\n') }, /^applied|nothing to change/),
    runs: 2,
  },
  ...kinds.map(kind => ({
    ...plain('patch', { kind, names: ['one'], patch: '{"metadata": {"labels": {"two": "yes"}}}' }, /^patched 1 /),
    name: `patch-${kind.toLowerCase()}`,
  })),
  ...[kinds.slice(0, half), kinds.slice(half)].map((some, index) => ({
    ...plain('cleanup', { kinds: some, ...ofOne }, /^deleted 1 /),
    name: `cleanup-${index}`,
  })),
  plain('job', { image: 'example.invalid/backup:1', command: ['backup'] }, /^ran 1 Job/),
  {
    name: 'endless-job',
    account: 'job',
    spec: { operation: { job: { template: endless() } }, timeoutSeconds: 2 },
    says: /^not done within 2 s/,
    result: 'TimedOut',
  },
  {
    ...plain('createNamespace', {}, /^set up 1 Namespace$|nothing to change/),
    spec: { operation: { createNamespace: { labels: { team: 'a' } } }, ...at('preview-2') },
    runs: 2,
  },
  {
    ...plain('deleteNamespace', {}, /^deleted 1 Namespace/),
    spec: { operation: { deleteNamespace: { confirm: [OLD] } }, ...at(OLD) },
  },
]

function endless(): object {
  const { spec } = podTemplate('endless')
  const metadata = { annotations: { 'kwok.test/run-for': '10m' } }
  return { backoffLimit: 0, template: { metadata, spec: { ...spec, restartPolicy: 'Never' } } }
}
