import type { ScheduledTask } from '../../src/api/task.ts'
import { Client } from '../../src/kube/client.ts'
import { connect } from '../../src/kube/connection.ts'
import { systemClock } from '../../src/system-clock.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { until } from '../cluster/until.ts'

export interface Workload {
  readonly kind?: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
    readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: object }[]
  }
  readonly spec: {
    readonly replicas?: number
    readonly suspend?: boolean
    readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } }
  }
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>
  readonly status?: { readonly phase?: string; readonly succeeded?: number; readonly failed?: number }
}

const PATHS = {
  deployments: '/apis/apps/v1',
  statefulsets: '/apis/apps/v1',
  daemonsets: '/apis/apps/v1',
  replicasets: '/apis/apps/v1',
  cronjobs: '/apis/batch/v1',
  jobs: '/apis/batch/v1',
  configmaps: '/api/v1',
  persistentvolumeclaims: '/api/v1',
  pods: '/api/v1',
  horizontalpodautoscalers: '/apis/autoscaling/v2',
  rollouts: '/apis/argoproj.io/v1alpha1',
  scaledobjects: '/apis/keda.sh/v1alpha1',
  scheduledtasks: '/apis/rota.dev/v1alpha1',
} as const
export type Plural = keyof typeof PATHS

/** What a person does with kubectl, without a process for each call: as the administrator. */
export interface Api {
  create(plural: Plural, namespace: string, object: object): Promise<Workload>
  get(plural: Plural, namespace: string, name: string): Promise<Workload>
  list(plural: Plural, namespace: string): Promise<readonly Workload[]>
  patch(plural: Plural, namespace: string, name: string, body: object): Promise<Workload>
  delete(plural: Plural, namespace: string, name: string): Promise<void>
  createTask(namespace: string, name: string, spec: object): Promise<ScheduledTask>
  /** Somebody has written another spec. */
  replaceSpec(namespace: string, name: string, spec: object): Promise<void>
  /** Somebody writes a status by hand; what is not named stays. */
  patchStatus(namespace: string, name: string, status: object): Promise<void>
  task(namespace: string, name: string): Promise<ScheduledTask>
  tasks(namespace: string): Promise<readonly ScheduledTask[]>
  annotate(namespace: string, name: string, annotations: Readonly<Record<string, string | null>>): Promise<void>
  /** Waits until the task is as wanted. */
  untilTask(
    namespace: string,
    name: string,
    what: string,
    accept: (task: ScheduledTask) => boolean,
    timeout?: number,
  ): Promise<ScheduledTask>
}

export async function apiOf(cluster: ClusterAccess): Promise<Api> {
  const client = new Client(await connect(cluster.kubeconfig), systemClock(), () => undefined)
  const pathOf = (plural: Plural, namespace: string, name?: string) =>
    `${PATHS[plural]}/namespaces/${namespace}/${plural}${name ? `/${name}` : ''}`
  /** Not as Rota: who owns which field is looked at. */
  const about = (resource: string) => ({ resource, query: { fieldManager: 'test' } })
  const api: Api = {
    create: (plural, namespace, body) =>
      client.request({ method: 'POST', verb: 'create', path: pathOf(plural, namespace), body, ...about(plural) }),
    get: (plural, namespace, name) =>
      client.request({ method: 'GET', verb: 'get', path: pathOf(plural, namespace, name), ...about(plural) }),
    list: async (plural, namespace) => {
      const path = pathOf(plural, namespace)
      const list = await client.request<{ items: Workload[] }>({ method: 'GET', verb: 'list', path, ...about(plural) })
      return list.items
    },
    patch: (plural, namespace, name, body) =>
      client.request({ method: 'PATCH', verb: 'patch', path: pathOf(plural, namespace, name), body, ...about(plural) }),
    delete: async (plural, namespace, name) => {
      const body = { propagationPolicy: 'Background' }
      await client.request({
        method: 'DELETE',
        verb: 'delete',
        path: pathOf(plural, namespace, name),
        body,
        ...about(plural),
      })
    },
    createTask: async (namespace, name, spec) => {
      const meta = { apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', metadata: { name, namespace } }
      const path = pathOf('scheduledtasks', namespace)
      const body = { ...meta, spec: { serviceAccountName: 'rota', ...spec } }
      return client.request({ method: 'POST', verb: 'create', path, body, ...about('scheduledtasks') })
    },
    replaceSpec: async (namespace, name, spec) => {
      const value = { serviceAccountName: 'rota', ...spec }
      await client.request({
        method: 'PATCH',
        verb: 'patch',
        path: pathOf('scheduledtasks', namespace, name),
        body: [{ op: 'replace', path: '/spec', value }],
        contentType: 'application/json-patch+json',
        ...about('scheduledtasks'),
      })
    },
    patchStatus: async (namespace, name, status) => {
      const path = `${pathOf('scheduledtasks', namespace, name)}/status`
      await client.request({ method: 'PATCH', verb: 'patch', path, body: { status }, ...about('scheduledtasks') })
    },
    task: (namespace, name) =>
      client.request({
        method: 'GET',
        verb: 'get',
        path: pathOf('scheduledtasks', namespace, name),
        ...about('scheduledtasks'),
      }),
    tasks: async namespace => {
      const path = pathOf('scheduledtasks', namespace)
      const about = { path, resource: 'scheduledtasks' }
      return (await client.request<{ items: ScheduledTask[] }>({ method: 'GET', verb: 'list', ...about })).items
    },
    annotate: async (namespace, name, annotations) => {
      await api.patch('scheduledtasks', namespace, name, { metadata: { annotations } })
    },
    untilTask: (namespace, name, what, accept, timeout = 60_000) =>
      until(`task ${namespace}/${name}: ${what}`, () => api.task(namespace, name), accept, { timeout, interval: 50 }),
  }
  return api
}

export const podTemplate = (app: string) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image: 'example.invalid/app:1' }] },
})

export function deployment(name: string, replicas: number): object {
  const spec = { replicas, selector: { matchLabels: { app: name } }, template: podTemplate(name) }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec }
}

/** Without pods, where it is the numbers that matter: the controllers of the cluster have enough to do. */
export function pausedDeployment(name: string, replicas: number): object {
  const made = deployment(name, replicas) as { spec: object }
  return { ...made, spec: { ...made.spec, paused: true } }
}

/** A Deployment with what each of its pods requests. */
export function requesting(name: string, replicas: number, requests: object): object {
  const made = deployment(name, replicas) as { spec: { template: { spec: { containers: readonly object[] } } } }
  const containers = made.spec.template.spec.containers.map(container => ({ ...container, resources: { requests } }))
  return { ...made, spec: { ...made.spec, template: { ...made.spec.template, spec: { containers } } } }
}

export function statefulSet(name: string, replicas: number): object {
  const spec = { replicas, serviceName: name, selector: { matchLabels: { app: name } }, template: podTemplate(name) }
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name }, spec }
}

export function daemonSet(name: string): object {
  const spec = { selector: { matchLabels: { app: name } }, template: podTemplate(name) }
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec }
}

export function cronJob(name: string, suspend = false): object {
  const template = {
    spec: { template: { spec: { restartPolicy: 'Never', containers: podTemplate(name).spec.containers } } },
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { schedule: '0 0 1 1 *', suspend, jobTemplate: template },
  }
}

/** A Job without a second try, which ends as the annotations of its pods tell kwok. */
export function job(name: string, annotations: object): object {
  const { spec } = podTemplate(name)
  const template = { metadata: { annotations }, spec: { ...spec, restartPolicy: 'Never' } }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { backoffLimit: 0, template } }
}
