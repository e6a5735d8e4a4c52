const selector = () => ({
  matchLabels: { tier: 'web' },
  matchExpressions: [{ key: 'app', operator: 'In', values: ['api'] }],
})
const exclude = () => ({ names: ['vpn'], selector: selector() })
const verify = () => ({ timeoutSeconds: 60 })
/** Never while tests run. */
const FAR = '0 0 1 1 *'
const configMap = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}'

/** Good specs in which, taken together, every field of the CRD is set. */
export const BASES: Readonly<Record<string, object>> = {
  everything: {
    title: 'Put team-a to sleep at night',
    costCenter: 'cc-4711',
    schedule: FAR,
    timeZone: 'Europe/Berlin',
    daylightSaving: { skippedTime: 'Skip', repeatedTime: 'Both' },
    suspend: false,
    startingDeadlineSeconds: 600,
    jitterSeconds: 10,
    concurrencyPolicy: 'Queue',
    priority: 5,
    dependsOn: [{ name: 'backup' }],
    suspendAfterFailures: 3,
    cacheSeconds: 60,
    timeoutSeconds: 60,
    retry: { attempts: 2, delaySeconds: 1, backoff: 'Constant', maxDelaySeconds: 10 },
    serviceAccountName: 'rota',
    target: { namespaces: ['team-b'] },
    maxAffected: { objects: 10, percent: 50 },
    dryRun: false,
    historyLimit: 5,
    operation: { restart: {} },
  },
  'by label': { target: { namespaceSelector: selector() }, operation: { wake: {} } },
  sleep: {
    operation: {
      sleep: {
        wakeSchedule: FAR,
        kinds: ['Deployment'],
        replicas: 0,
        verify: verify(),
        selector: selector(),
        exclude: exclude(),
        onDelete: 'Wake',
      },
    },
  },
  wake: { operation: { wake: { kinds: ['Deployment'], selector: selector(), exclude: exclude(), verify: verify() } } },
  scale: {
    operation: {
      scale: { kinds: ['Deployment'], names: ['web'], selector: selector(), replicas: 1, verify: verify() },
    },
  },
  restart: {
    operation: { restart: { kinds: ['Deployment'], names: ['web'], selector: selector(), verify: verify() } },
  },
  cleanup: {
    operation: {
      cleanup: {
        kinds: ['Pod'],
        selector: selector(),
        exclude: exclude(),
        olderThanSeconds: 60,
        keepNewest: 3,
        phases: ['Succeeded'],
      },
    },
  },
  createNamespace: {
    target: { namespaces: ['preview-1'] },
    operation: { createNamespace: { labels: { team: 'a' }, annotations: { owner: 'a' }, manifests: configMap } },
  },
  deleteNamespace: {
    target: { namespaces: ['preview-1'] },
    operation: { deleteNamespace: { confirm: ['preview-1'], olderThanSeconds: 60 } },
  },
  patch: {
    operation: {
      patch: { kind: 'ConfigMap', names: ['a'], selector: selector(), type: 'Merge', patch: '{"data":{"a":"b"}}' },
    },
  },
  apply: { operation: { apply: { manifests: configMap, force: false } } },
  'job by image': {
    operation: { job: { image: 'busybox', command: ['a'], args: ['b'], env: [{ name: 'C', value: 'd' }] } },
  },
  'job by template': { operation: { job: { template: { template: { spec: {} } } } } },
}
