import { stringify } from 'yaml'
import type { OperationName } from '../../../src/api/task.ts'

/** A task in a namespace with Deployments `web` (3) and `idle` (0), a StatefulSet `db` and a CronJob `report`. */
export interface Scenario {
  readonly name: string
  readonly operation: OperationName
  readonly spec: (target: string) => object
  /** Where it works: its own namespace unless told. `Absent`: there is none yet. */
  readonly target?: 'Other' | 'Absent'
  /** What is there besides. */
  readonly objects?: readonly object[]
  /** What a run would change; `RUN` stands for its id. */
  readonly says: readonly string[]
}

const kinds = ['Deployment', 'StatefulSet', 'CronJob']
const map = (name: string, data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { tier: 'old' } },
  data,
})

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'sleep',
    operation: 'sleep',
    spec: () => ({ operation: { sleep: { kinds } } }),
    says: ['Deployment/web: replicas 3 → 0', 'StatefulSet/db: replicas 1 → 0', 'CronJob/report: suspended'],
  },
  {
    name: 'scale',
    operation: 'scale',
    spec: () => ({ operation: { scale: { names: ['web', 'db'], replicas: 1 } } }),
    says: ['Deployment/web: replicas 3 → 1'],
  },
  {
    name: 'restart',
    operation: 'restart',
    spec: () => ({ operation: { restart: { kinds: ['Deployment', 'StatefulSet'] } } }),
    says: ['Deployment/idle: restarted', 'Deployment/web: restarted', 'StatefulSet/db: restarted'],
  },
  {
    name: 'cleanup',
    operation: 'cleanup',
    spec: () => ({ operation: { cleanup: { kinds: ['ConfigMap'], selector: { matchLabels: { tier: 'old' } } } } }),
    objects: [map('a'), map('b')],
    says: ['ConfigMap/a: deleted', 'ConfigMap/b: deleted'],
  },
  {
    name: 'createNamespace',
    operation: 'createNamespace',
    target: 'Absent',
    spec: target => ({ target: { namespaces: [target] }, operation: { createNamespace: { labels: { team: 'a' } } } }),
    says: ['Namespace/TARGET: created'],
  },
  {
    name: 'deleteNamespace',
    operation: 'deleteNamespace',
    target: 'Other',
    spec: target => ({ target: { namespaces: [target] }, operation: { deleteNamespace: { confirm: [target] } } }),
    says: ['Namespace/TARGET: deleted'],
  },
  {
    name: 'patch',
    operation: 'patch',
    spec: () => ({
      operation: { patch: { kind: 'Deployment', names: ['web'], patch: '{"metadata": {"labels": {"tier": "a"}}}' } },
    }),
    says: ['Deployment/web: changed (metadata.labels)'],
  },
  {
    name: 'apply',
    operation: 'apply',
    spec: () => ({
      operation: {
        apply: { manifests: [map('a', { level: 'info' }), map('new')].map(one => stringify(one)).join('---\n') },
      },
    }),
    objects: [map('a')],
    says: ['ConfigMap/a: changed (data)', 'ConfigMap/new: created'],
  },
  {
    name: 'job',
    operation: 'job',
    spec: () => ({ operation: { job: { image: 'example.invalid/backup:1' } } }),
    says: ['Job/task-RUN: created'],
  },
]
