import type { Kind } from '../../src/api/fault.ts'
import type { OperationName, Spec } from '../../src/api/task.ts'
import type { Document } from '../../src/manifest/documents.ts'
import { cronJob, daemonSet, deployment, statefulSet } from '../harness/api.ts'

/** An object as a person writes it; in the task's own namespace unless it says otherwise. */
export interface Manifest extends Document {
  readonly [key: string]: unknown
}

/** What a case is about: a task, what is there before it runs, and what the run is to make of it. */
export interface Scenario {
  readonly spec: Pick<Spec, 'operation' | 'target' | 'maxAffected'>
  /** Namespaces are made before what is in them. */
  readonly world: readonly Manifest[]
  /** What another task's run did before. */
  readonly before?: Spec['operation']
  /** What the plan says it will do, and what it leaves out. */
  readonly does: readonly string[]
  readonly left?: readonly string[]
  /** How many writes each of them takes: one unless told. */
  readonly requests?: number
  /** How many of these make the object as it should be; a run that was interrupted then does not look for the others. */
  readonly needed?: number
  /** Requests that need a right and do not come up when all goes well. */
  readonly seldom?: readonly string[]
  /** How the run is summed up. */
  readonly message: string
}

/** Where a case takes place: the task's own namespace, and the id of its run. */
export interface Place {
  readonly home: string
  readonly run: string
}

export type Case = (place: Place) => Scenario

/** Name of the task of each case; the account is called so, too. */
export const TASK = 'task'

const object = (kind: string, name: string, rest: object = {}, metadata: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...metadata },
  ...rest,
})
const namespace = (name: string, labels?: Readonly<Record<string, string>>) =>
  object('Namespace', name, {}, labels && { labels })
const configMap = (name: string, data: Readonly<Record<string, string>>, metadata: object = {}) =>
  object('ConfigMap', name, { data }, metadata)
const asManifest = (workload: object) => workload as Manifest
const withSpec = (workload: object, spec: object): Manifest => {
  const manifest = workload as Manifest & { readonly spec: object }
  return { ...manifest, spec: { ...manifest.spec, ...spec } }
}
const text = (manifests: readonly Manifest[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests })

const WORKLOADS: readonly Manifest[] = [
  deployment('web', 3),
  deployment('api', 2),
  deployment('off', 0),
  statefulSet('db', 1),
  cronJob('report'),
].map(asManifest)
const SLEEPERS = ['Deployment', 'StatefulSet', 'CronJob']
const SLEEP = { kinds: SLEEPERS, replicas: 0, onDelete: 'Wake' } as const
const verify = { timeoutSeconds: 60 }

/** A kind whose number of replicas only its scale subresource tells: neither built in nor known to Rota. */
export const WIDGET: Kind = {
  kind: 'Widget',
  group: 'contract.rota.test',
  version: 'v1',
  plural: 'widgets',
  scale: true,
}
const WIDGETS = [`${WIDGET.kind}.${WIDGET.group}`]
const widget = (name: string, replicas: number): Manifest => ({
  apiVersion: `${WIDGET.group}/${WIDGET.version}`,
  kind: WIDGET.kind,
  metadata: { name },
  spec: { replicas },
})

const autoscaler = (name: string): Manifest => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 3,
    maxReplicas: 3,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
})

/** For each operation at least one case; a new operation does not compile without. */
const CASES: Readonly<Record<OperationName, Readonly<Record<string, Case>>>> = {
  sleep: {
    sleep: () => ({
      spec: { operation: { sleep: { ...SLEEP, verify } } },
      world: WORKLOADS,
      does: [
        'Deployment/web: replicas 3 → 0',
        'Deployment/api: replicas 2 → 0',
        'StatefulSet/db: replicas 1 → 0',
        'CronJob/report: suspended',
      ],
      message: 'slept 1 CronJob, 2 Deployments and 1 StatefulSet; 1 already so',
    }),
    'sleep of another kind': () => ({
      spec: { operation: { sleep: { ...SLEEP, kinds: WIDGETS } } },
      world: [widget('big', 3), widget('small', 1), widget('off', 0)],
      does: ['Widget/big: replicas 3 → 0', 'Widget/small: replicas 1 → 0'],
      requests: 2,
      message: 'slept 2 Widgets; 1 already so',
    }),
    'sleep to one replica': () => ({
      spec: { operation: { sleep: { ...SLEEP, kinds: ['Deployment'], replicas: 1 } } },
      world: [...WORKLOADS, autoscaler('web')],
      does: ['Deployment/api: replicas 2 → 1'],
      left: ['web (scaled by HorizontalPodAutoscaler/web)'],
      message: 'slept 1 Deployment; 1 already so; left out: web (scaled by HorizontalPodAutoscaler/web)',
    }),
  },
  wake: {
    'wake of another kind': () => ({
      spec: { operation: { wake: { kinds: WIDGETS } } },
      world: [widget('big', 3), widget('small', 1), widget('off', 0)],
      before: { sleep: { ...SLEEP, kinds: WIDGETS } },
      does: ['Widget/big: replicas 0 → 3', 'Widget/small: replicas 0 → 1'],
      requests: 2,
      message: 'woke 2 Widgets',
    }),
    wake: () => ({
      spec: { operation: { wake: { kinds: SLEEPERS } } },
      world: [
        ...WORKLOADS,
        {
          ...asManifest(deployment('copied', 0)),
          metadata: {
            name: 'copied',
            annotations: {
              'rota.dev/sleep': JSON.stringify({ v: 1, uid: 'of-another', from: 2, to: 0, holders: [] }),
            },
          },
        },
      ],
      before: { sleep: SLEEP },
      does: [
        'Deployment/web: replicas 0 → 3',
        'Deployment/api: replicas 0 → 2',
        'StatefulSet/db: replicas 0 → 1',
        'CronJob/report: not suspended',
      ],
      left: ['copied (its rota.dev/sleep is a copy from another object: not restored)'],
      message:
        'woke 1 CronJob, 2 Deployments and 1 StatefulSet; ' +
        'left out: copied (its rota.dev/sleep is a copy from another object: not restored)',
    }),
  },
  scale: {
    'scale of another kind': () => ({
      spec: { operation: { scale: { kinds: WIDGETS, names: ['big', 'small', 'off'], replicas: 1 } } },
      world: [widget('big', 3), widget('small', 1), widget('off', 0)],
      does: ['Widget/big: replicas 3 → 1', 'Widget/off: replicas 0 → 1'],
      requests: 2,
      needed: 1,
      message: 'scaled 2 Widgets; 1 already so',
    }),
    scale: () => ({
      spec: {
        operation: {
          scale: { kinds: ['Deployment', 'StatefulSet'], names: ['web', 'api', 'db'], replicas: 2, verify },
        },
      },
      world: WORKLOADS,
      does: ['Deployment/web: replicas 3 → 2', 'StatefulSet/db: replicas 1 → 2'],
      message: 'scaled 1 Deployment and 1 StatefulSet; 1 already so',
    }),
  },
  restart: {
    restart: () => ({
      spec: { operation: { restart: { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'], verify } } },
      world: [...WORKLOADS, asManifest(daemonSet('agent')), withSpec(deployment('halted', 1), { paused: true })],
      does: ['Deployment/web', 'Deployment/api', 'Deployment/off', 'StatefulSet/db', 'DaemonSet/agent'].map(
        name => `${name}: restarted`,
      ),
      left: ['halted (its rollout is paused)'],
      message: 'restarted 1 DaemonSet, 3 Deployments and 1 StatefulSet; left out: halted (its rollout is paused)',
    }),
  },
  cleanup: {
    cleanup: () => ({
      spec: {
        operation: {
          cleanup: { kinds: ['ConfigMap', 'Secret'], selector: { matchLabels: { old: 'yes' } } },
        },
      },
      world: [
        ...['a', 'b', 'c'].map(name => configMap(name, {}, { labels: { old: 'yes' } })),
        object('Secret', 'd', {}, { labels: { old: 'yes' } }),
        configMap('kept', {}),
      ],
      does: ['ConfigMap/a', 'ConfigMap/b', 'ConfigMap/c', 'Secret/d'].map(name => `${name}: deleted`),
      message: 'deleted 3 ConfigMaps and 1 Secret',
    }),
  },
  createNamespace: {
    createNamespace: ({ home }) => ({
      spec: {
        operation: {
          createNamespace: {
            labels: { tier: 'gold' },
            manifests: text([configMap('settings', { a: '1' }), object('ServiceAccount', 'robot')]),
          },
        },
        target: { namespaces: [`${home}-there`, `${home}-new`] },
      },
      world: [
        namespace(`${home}-there`, { team: 'a' }),
        configMap('settings', { a: '1' }, { namespace: `${home}-there` }),
      ],
      does: [
        `Namespace/${home}-there: changed (metadata.labels.tier)`,
        `Namespace/${home}-new: created`,
        'ServiceAccount/robot: created',
        'ConfigMap/settings: created',
        'ServiceAccount/robot: created',
      ],
      message: 'set up 1 ConfigMap, 2 Namespaces and 2 ServiceAccounts; 1 already so',
    }),
  },
  deleteNamespace: {
    deleteNamespace: ({ home }) => {
      const [old, older] = [`${home}-old`, `${home}-older`]
      return {
        spec: {
          operation: { deleteNamespace: { confirm: [old, older] } },
          target: { namespaces: [old, older] },
          maxAffected: { objects: 2 },
        },
        world: [namespace(old), namespace(older)],
        does: [`Namespace/${old}: deleted`, `Namespace/${older}: deleted`],
        message: 'deleted 2 Namespaces',
      }
    },
  },
  patch: {
    'patch (Merge)': () => ({
      spec: {
        operation: {
          patch: { kind: 'ConfigMap', names: ['a', 'b', 'c'], type: 'Merge', patch: '{"data":{"tier":"gold"}}' },
        },
      },
      world: [
        configMap('a', { note: 'x' }),
        configMap('b', { tier: 'lead' }),
        configMap('c', { tier: 'gold' }),
        configMap('d', {}),
      ],
      does: ['ConfigMap/a: changed (data.tier)', 'ConfigMap/b: changed (data.tier)'],
      message: 'patched 2 ConfigMaps; 1 already so',
    }),
    'patch (Strategic)': () => ({
      spec: {
        operation: {
          patch: {
            kind: 'CronJob',
            selector: { matchLabels: { app: 'report' } },
            type: 'Strategic',
            patch: '{"metadata":{"labels":{"tier":"gold"}}}',
          },
        },
      },
      world: ['a', 'b', 'c'].map(name => {
        const labels = { app: 'report', ...(name === 'c' && { tier: 'gold' }) }
        return { ...asManifest(cronJob(name)), metadata: { name, labels } }
      }),
      does: ['a', 'b'].map(name => `CronJob/${name}: changed (metadata.labels.tier)`),
      message: 'patched 2 CronJobs; 1 already so',
    }),
    'patch (JSON)': () => ({
      spec: {
        operation: {
          patch: {
            kind: 'ConfigMap',
            names: ['a', 'b', 'c'],
            type: 'JSON',
            patch: '[{"op":"replace","path":"/data/tier","value":"gold"}]',
          },
        },
      },
      world: [
        configMap('a', { tier: 'tin' }),
        configMap('b', { tier: 'lead' }, { annotations: { note: 'mine' } }),
        configMap('c', { tier: 'gold' }),
      ],
      does: ['ConfigMap/a: changed (data.tier)', 'ConfigMap/b: changed (data.tier)'],
      message: 'patched 2 ConfigMaps; 1 already so',
    }),
  },
  apply: {
    apply: () => ({
      spec: {
        operation: {
          apply: {
            manifests: text([
              object('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
              configMap('settings', { a: '1', b: '2' }),
              configMap('same', { a: '1' }),
              configMap('new', { a: '1' }),
              object('ServiceAccount', 'robot'),
            ]),
            force: false,
          },
        },
      },
      world: [configMap('settings', { a: '1' }), configMap('same', { a: '1' })],
      does: [
        'ConfigMap/settings: changed (data.b)',
        'ConfigMap/new: created',
        'ServiceAccount/robot: created',
        'Service/web: created',
      ],
      message: 'applied 2 ConfigMaps, 1 Service and 1 ServiceAccount; 1 already so',
    }),
  },
  job: {
    job: ({ run }) => ({
      spec: { operation: { job: { image: 'example.invalid/report:1', command: ['report'] } } },
      world: [],
      does: [`Job/${TASK}-${run}: created`],
      seldom: ['delete jobs.batch'],
      message: 'ran 1 Job',
    }),
  },
}

export const NAMED_CASES = Object.entries(CASES).flatMap(([operation, cases]) =>
  Object.entries(cases).map(([name, scenario]) => ({ operation: operation as OperationName, name, scenario })),
)
