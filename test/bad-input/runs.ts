/** Specs that are good in themselves, and whose run cannot work out; what the failure has to name. */
export const FAILING_RUNS: Readonly<Record<string, readonly [spec: object, ...says: readonly string[]]>> = {
  'an account that is not there': [
    { serviceAccountName: 'nobody', operation: { restart: {} } },
    '/nobody does not exist: create it',
  ],
  'a kind that is not there': [
    { operation: { scale: { kinds: ['Rollout.example.com'], names: ['web'], replicas: 1 } } },
    'Rollout.example.com',
  ],
  'a kind of no group': [{ operation: { cleanup: { kinds: ['Fox'], keepNewest: 1 } } }, 'Fox'],
  'a kind that is in no namespace': [{ operation: { cleanup: { kinds: ['Namespace'], keepNewest: 1 } } }, 'Namespace'],
  'a patch of a kind that is in no namespace': [
    { operation: { patch: { kind: 'Node', names: ['a'], patch: '{"spec":{"unschedulable":true}}' } } },
    'Node',
  ],
  'a namespace that is not there': [
    { operation: { restart: {} }, target: { namespaces: ['no-such-place'] } },
    'no-such-place',
  ],
  'a patch with a field that is none': [
    { operation: { patch: { kind: 'Deployment', names: ['web'], patch: '{"spec":{"replica":1}}' } } },
    'web',
    'spec.replica',
  ],
  'a patch with a value that is none': [
    { operation: { patch: { kind: 'Deployment', names: ['web'], patch: '{"spec":{"replicas":"many"}}' } } },
    'web',
    'replicas',
  ],
  'a patch whose test fails': [
    {
      operation: {
        patch: {
          kind: 'Deployment',
          names: ['web'],
          type: 'JSON',
          patch: '[{"op":"test","path":"/spec/replicas","value":77}]',
        },
      },
    },
    'web',
  ],
  'a manifest with a field that is none': [
    { operation: { apply: { manifests: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, date: {a: b}}' } } },
    'ConfigMap',
    'date',
  ],
  'a manifest of a kind that is not there': [
    { operation: { apply: { manifests: '{apiVersion: example.com/v1, kind: Fox, metadata: {name: a}}' } } },
    'Fox',
  ],
  'a manifest of a kind that is in no namespace': [
    {
      operation: {
        apply: {
          manifests: '{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}, rules: []}',
        },
      },
    },
    'ClusterRole',
  ],
  'a manifest with a name that cannot be': [
    { operation: { apply: { manifests: '{apiVersion: v1, kind: ConfigMap, metadata: {name: A_b}}' } } },
    'A_b',
  ],
  'a Job without containers': [{ operation: { job: { template: { template: { spec: {} } } } } }, 'containers'],
  'a Job that is none': [{ operation: { job: { template: { template: 5 } } } }, 'template'],
  'a Job with a field that is none': [
    {
      operation: {
        job: { template: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', imag: 'b' }] } } } },
      },
    },
    'imag',
  ],
  'a variable that cannot be': [{ operation: { job: { image: 'busybox', env: [{ name: '🦊=' }] } } }, 'env'],
}

/** Notes on a Deployment that says how it slept: none of them can be believed. */
export const BAD_SLEEP_NOTES: Readonly<Record<string, string>> = {
  empty: '',
  'no-json': '{',
  'a-number': '3',
  'a-list': '[]',
  null: 'null',
  'another-version': '{"v":2,"uid":"x","from":3,"to":0,"holders":[]}',
  'no-number': '{"v":1,"uid":"x","from":"3","to":0,"holders":[]}',
  'too-many': '{"v":1,"uid":"x","from":1000000,"to":0,"holders":[]}',
  negative: '{"v":1,"uid":"x","from":-1,"to":0,"holders":[]}',
  'of-another': '{"v":1,"uid":"00000000-0000-0000-0000-000000000000","from":3,"to":0,"holders":[]}',
  'holders-none': '{"v":1,"uid":"x","from":3,"to":0,"holders":5}',
  long: `{"v":1,"uid":"${'x'.repeat(10_000)}","from":3,"to":0,"holders":[]}`,
}
