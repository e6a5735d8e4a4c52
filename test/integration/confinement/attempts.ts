import type { OperationName } from '../../../src/api/task.ts'

/** What a tenant tries in order to reach something that is not his, by the fields that could name it; and how it ends. */
export interface Attempt {
  readonly by: string
  readonly fields: readonly string[]
  readonly spec: { readonly [field: string]: unknown; readonly operation: object }
  /** Result and reason, or why the task is not scheduled at all. */
  readonly ends: string
  /** Its account may list namespaces, and nothing else outside of its own. */
  readonly lists?: true
}

export const VICTIM = 'victim'
export const TENANT = 'tenant'
/** An object of each usual kind in the victim's namespace has this name; the tenant knows it. */
export const CROWN = 'crown'
/** Of others there he does not know. */
export const JEWEL = 'jewel'
/** Of the tenant. */
export const OWN = 'own'

const REFUSED = 'Failed (Forbidden)'
const WRONG = 'Stalled (InvalidSpec)'
const WRONG_MANIFESTS = 'Stalled (InvalidManifests)'

/** Texts that lead elsewhere where somebody pastes them into a path. */
const PATHS = [
  `../${VICTIM}`,
  `${VICTIM}/deployments/${CROWN}`,
  `../../namespaces/${VICTIM}/secrets/${CROWN}`,
  `..%2F${VICTIM}`,
  `${TENANT}/../${VICTIM}`,
  `${CROWN}?namespace=${VICTIM}`,
]
const own = { restart: {} }
const at = (...namespaces: readonly string[]) => ({ target: { namespaces } })
const configMap = (metadata: object, more: object = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { by: 'tenant' }, ...more })
const there = { name: CROWN, namespace: VICTIM }

/** Each operation, with the names of the victim. */
const OPERATIONS: Readonly<Record<OperationName, object>> = {
  sleep: {},
  wake: {},
  scale: { names: [CROWN], replicas: 9 },
  restart: { names: [CROWN] },
  cleanup: { kinds: ['ConfigMap', 'Secret'], olderThanSeconds: 0 },
  createNamespace: {
    labels: { owner: 'tenant' },
    annotations: { owner: 'tenant' },
    manifests: configMap({ name: CROWN }),
  },
  deleteNamespace: { confirm: [VICTIM] },
  patch: { kind: 'ConfigMap', names: [CROWN], patch: '{"data": {"by": "tenant"}}' },
  apply: { manifests: configMap({ name: CROWN }) },
  job: { image: 'example.invalid/tool:1' },
}

const byOperation = Object.entries(OPERATIONS).flatMap(([name, fields]): readonly Attempt[] => {
  const all = Object.keys(fields).map(field => `operation.${name}.${field}`)
  const spec = { operation: { [name]: fields } }
  return [
    {
      by: `${name} in the namespace`,
      fields: ['target.namespaces[]', ...all],
      spec: { ...spec, ...at(VICTIM) },
      ends: REFUSED,
    },
    { by: `${name} there, only to try`, fields: [], spec: { ...spec, ...at(VICTIM), dryRun: true }, ends: REFUSED },
  ]
})

const byTarget: readonly Attempt[] = [
  {
    by: 'the namespace beside his own',
    fields: ['target.namespaces[]'],
    spec: { operation: own, ...at(TENANT, VICTIM) },
    ends: REFUSED,
  },
  ...PATHS.map(path => ({
    by: `target ${path}`,
    fields: ['target.namespaces[]'],
    spec: { operation: own, ...at(path) },
    ends: WRONG,
  })),
  {
    by: 'a namespace of the system',
    fields: ['target.namespaces[]'],
    spec: { operation: own, ...at('kube-system') },
    ends: 'Stalled (ProtectedNamespace)',
  },
]

const label = 'kubernetes.io/metadata.name'
const SELECTORS = {
  'matchLabels{}': { matchLabels: { [label]: VICTIM } },
  'matchExpressions[].values[]': { matchExpressions: [{ key: label, operator: 'In', values: [VICTIM] }] },
  'matchExpressions[].key': { matchExpressions: [{ key: label, operator: 'Exists' }] },
} as const
const byLabels = Object.entries(SELECTORS).flatMap(([field, namespaceSelector]): readonly Attempt[] => {
  const fields = [`target.namespaceSelector.${field}`]
  const spec = { operation: own, target: { namespaceSelector } }
  return [
    { by: `labels in ${field}`, fields, spec, ends: REFUSED },
    { by: `labels in ${field}, with the right to list`, fields, spec, ends: REFUSED, lists: true },
  ]
})

const byAccount: readonly Attempt[] = [
  {
    by: 'the name of an account there',
    fields: ['serviceAccountName'],
    spec: { operation: own, serviceAccountName: 'boss' },
    ends: 'Failed (ServiceAccountNotFound)',
  },
  ...[
    `${VICTIM}/boss`,
    `${VICTIM}:boss`,
    `../${VICTIM}/boss`,
    `system:serviceaccount:${VICTIM}:boss`,
    'boss\r\nX: y',
  ].map(serviceAccountName => ({
    by: `the account ${JSON.stringify(serviceAccountName)}`,
    fields: ['serviceAccountName'],
    spec: { operation: own, serviceAccountName },
    ends: WRONG,
  })),
]

const kindsIn = (name: 'sleep' | 'wake' | 'scale' | 'cleanup', kind: string): object => {
  const more = { scale: { names: [CROWN], replicas: 9 }, cleanup: { olderThanSeconds: 0 }, sleep: {}, wake: {} }
  return { [name]: { kinds: [kind], ...more[name] } }
}
const KINDS: readonly (readonly [kind: string, ends: string])[] = [
  ['Namespace', 'Failed (UnknownKind)'],
  ['ClusterRole.rbac.authorization.k8s.io', 'Failed (UnknownKind)'],
  ['ScheduledTask.rota.dev', WRONG],
  ['Deployment/status', WRONG],
  [`Secret.v1/namespaces/${VICTIM}`, WRONG],
  [`Deployment.apps/v1/namespaces/${VICTIM}/../..`, WRONG],
]
const byKind = KINDS.flatMap(([kind, ends]): readonly Attempt[] => [
  ...(['sleep', 'wake', 'scale', 'cleanup'] as const).map(name => ({
    by: `${name} of kind ${kind}`,
    fields: [`operation.${name}.kinds[]`],
    spec: { operation: kindsIn(name, kind) },
    ends,
  })),
  {
    by: `patch of kind ${kind}`,
    fields: ['operation.patch.kind'],
    spec: { operation: { patch: { kind, names: [CROWN], patch: '{"metadata": {"labels": {"by": "tenant"}}}' } } },
    ends,
  },
])

const byName: readonly Attempt[] = [
  ...PATHS.flatMap(path => [
    ['scale', { names: [path], replicas: 9 }] as const,
    ['restart', { names: [path] }] as const,
    ['patch', { kind: 'ConfigMap', names: [path], patch: '{"data": {"by": "tenant"}}' }] as const,
  ]).map(([name, fields]) => ({
    by: `${name} of ${fields.names[0]}`,
    fields: [`operation.${name}.names[]`],
    spec: { operation: { [name]: fields } },
    ends: WRONG,
  })),
  {
    by: 'deleteNamespace of another namespace than it says',
    fields: ['operation.deleteNamespace.confirm[]'],
    spec: { operation: { deleteNamespace: { confirm: [VICTIM] } }, ...at(TENANT) },
    ends: WRONG,
  },
]

const patches: readonly (readonly [type: string, patch: object])[] = [
  ['Merge', { metadata: { namespace: VICTIM } }],
  ['Merge', { metadata: { name: CROWN } }],
  ['Merge', { metadata: { uid: 'another' } }],
  ['Merge', { apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', data: { by: 'patch' } }],
  ['Strategic', { metadata: { namespace: VICTIM, name: CROWN } }],
  ['JSON', [{ op: 'replace', path: '/metadata/namespace', value: VICTIM }]],
  ['JSON', [{ op: 'replace', path: '/metadata/name', value: CROWN }]],
]
const byPatch = patches.map(
  ([type, patch]): Attempt => ({
    by: `a ${type} patch ${JSON.stringify(patch)}`,
    fields: ['operation.patch.patch'],
    spec: { operation: { patch: { kind: 'ConfigMap', names: [OWN], type, patch: JSON.stringify(patch) } } },
    ends: 'Stalled (InvalidPatch)',
  }),
)

const clusterRoleBinding = JSON.stringify({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'tenant-rules' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: 'rota', namespace: TENANT }],
})
const roleBinding = clusterRoleBinding.replace('ClusterRoleBinding', 'RoleBinding')
const task = JSON.stringify({
  apiVersion: 'rota.dev/v1alpha1',
  kind: 'ScheduledTask',
  metadata: { name: 'another' },
  spec: { operation: { restart: {} } },
})
const MANIFESTS: readonly (readonly [by: string, manifests: string, ends: string])[] = [
  ['a document of the namespace', configMap(there), WRONG_MANIFESTS],
  ['a document of it among good ones', `${configMap({ name: 'good' })}\n---\n${configMap(there)}`, WRONG_MANIFESTS],
  ['a List', `{apiVersion: v1, kind: List, items: [${configMap(there)}]}`, WRONG_MANIFESTS],
  ['a namespace that is a path', configMap({ name: CROWN, namespace: `${TENANT}/../${VICTIM}` }), WRONG_MANIFESTS],
  ['a name that is a path', configMap({ name: `../../${VICTIM}/configmaps/${CROWN}` }), WRONG_MANIFESTS],
  [
    'an API version that is a path',
    configMap({ name: OWN }, { apiVersion: `v1/namespaces/${VICTIM}` }),
    WRONG_MANIFESTS,
  ],
  ['an API group that climbs', configMap({ name: OWN }, { apiVersion: '../v1' }), WRONG_MANIFESTS],
  ['a kind that is a path', configMap({ name: OWN }, { kind: `configmaps/${CROWN}` }), WRONG_MANIFESTS],
  ['a Namespace', JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: VICTIM } }), WRONG_MANIFESTS],
  ['a task', task, WRONG_MANIFESTS],
  ['rights in the cluster', clusterRoleBinding, 'Failed (InvalidManifest)'],
  ['rights that he does not have', roleBinding, 'Failed (AdmissionRefused)'],
]
const byManifest = MANIFESTS.flatMap(([by, manifests, ends]): readonly Attempt[] => [
  { by, fields: ['operation.apply.manifests'], spec: { operation: { apply: { manifests, force: true } } }, ends },
  {
    by: `${by}, in a new namespace`,
    fields: ['operation.createNamespace.manifests'],
    spec: { operation: { createNamespace: { manifests } }, ...at(TENANT) },
    ends,
  },
])

const podSpec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.invalid/tool:1' }] }
const byJob: readonly Attempt[] = [
  {
    by: 'a Job whose pods would be there',
    fields: ['operation.job.template'],
    spec: { operation: { job: { template: { template: { metadata: { namespace: VICTIM }, spec: podSpec } } } } },
    ends: 'Succeeded (Completed)',
  },
  {
    by: 'a Job that brings metadata of its own',
    fields: ['operation.job.template'],
    spec: { operation: { job: { template: { metadata: there, namespace: VICTIM, template: { spec: podSpec } } } } },
    ends: 'Failed (Invalid)',
  },
  {
    // Accounts of pods are those of their own namespace: here there is none of this name, and no pod is made.
    by: 'a Job whose pods would be the account there',
    fields: ['operation.job.template'],
    spec: {
      operation: { job: { template: { template: { spec: { ...podSpec, serviceAccountName: 'boss' } } } } },
      timeoutSeconds: 2,
    },
    ends: 'TimedOut (Timeout)',
  },
]

export const ATTEMPTS: readonly Attempt[] = [
  ...byOperation,
  ...byTarget,
  ...byLabels,
  ...byAccount,
  ...byKind,
  ...byName,
  ...byPatch,
  ...byManifest,
  ...byJob,
]
