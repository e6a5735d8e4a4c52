import type { Kind } from './fault.ts'

const of =
  (group: string, version: string) =>
  (kind: string, plural: string): Kind => ({ kind, group, version, plural })
const core = of('', 'v1')
const apps = of('apps', 'v1')
const batch = of('batch', 'v1')
const networking = of('networking.k8s.io', 'v1')
const rbac = of('rbac.authorization.k8s.io', 'v1')

export const DEPLOYMENT = apps('Deployment', 'deployments')
export const STATEFUL_SET = apps('StatefulSet', 'statefulsets')
export const DAEMON_SET = apps('DaemonSet', 'daemonsets')
export const CRON_JOB = batch('CronJob', 'cronjobs')
export const JOB = batch('Job', 'jobs')
export const POD = core('Pod', 'pods')
export const SERVICE_ACCOUNT = core('ServiceAccount', 'serviceaccounts')
export const AUTOSCALER = of('autoscaling', 'v2')('HorizontalPodAutoscaler', 'horizontalpodautoscalers')
export const NAMESPACE: Kind = { ...core('Namespace', 'namespaces'), cluster: true }
/** Of KEDA; a cluster need not have it. */
export const SCALED_OBJECT = { kind: 'ScaledObject', group: 'keda.sh' } as const

/** The namespaced kinds of Kubernetes itself that people keep in manifests: these need no API group to be named. */
export const BUILT_IN: readonly Kind[] = [
  POD,
  core('ConfigMap', 'configmaps'),
  core('Secret', 'secrets'),
  core('Service', 'services'),
  SERVICE_ACCOUNT,
  core('PersistentVolumeClaim', 'persistentvolumeclaims'),
  core('ResourceQuota', 'resourcequotas'),
  core('LimitRange', 'limitranges'),
  core('ReplicationController', 'replicationcontrollers'),
  DEPLOYMENT,
  STATEFUL_SET,
  DAEMON_SET,
  apps('ReplicaSet', 'replicasets'),
  CRON_JOB,
  JOB,
  AUTOSCALER,
  networking('Ingress', 'ingresses'),
  networking('NetworkPolicy', 'networkpolicies'),
  of('policy', 'v1')('PodDisruptionBudget', 'poddisruptionbudgets'),
  rbac('Role', 'roles'),
  rbac('RoleBinding', 'rolebindings'),
]

/** What sleeps unless a spec names other kinds, and where a wake always looks. */
export const USUAL_SLEEPERS: readonly string[] = ['Deployment', 'StatefulSet', 'CronJob', 'ScaledObject.keda.sh']

/** Their number of replicas stands in `spec.replicas`, where it is changed in one request with their annotations. */
export const REPLICATED: readonly string[] = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']

/** `Deployment` and `Deployment.apps` are the same. */
export function builtIn(name: string): Kind | undefined {
  return BUILT_IN.find(({ kind, group }) => name === kind || name === `${kind}.${group}`)
}

/** `Deployment`, or `Rollout.argoproj.io`: how a spec names a kind. */
export function nameOf({ kind, group }: Pick<Kind, 'kind' | 'group'>): string {
  return group === '' || builtIn(kind)?.group === group ? kind : `${kind}.${group}`
}

/** `deployments.apps/scale` for `deployments/scale` of the group `apps`, as RBAC messages and kubectl name it. */
export function resourceName(group: string, resource: string): string {
  const [plural = '', ...subresource] = resource.split('/')
  return [group === '' ? plural : `${plural}.${group}`, ...subresource].join('/')
}
