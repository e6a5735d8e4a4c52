import { podTemplate } from './api.ts'

/** An object of each ordinary kind, by its kind; none of them starts a Pod. */
export function oneOfEach(name: string, labels: object): Readonly<Record<string, object>> {
  const template = { ...podTemplate(name), metadata: { labels: { app: name } } }
  // On no node, and of no use.
  const { containers } = template.spec
  const nowhere = { nodeSelector: { 'example.org/node': 'none' } }
  const selector = { matchLabels: { app: name } }
  const workload = { selector, template, replicas: 0 }
  const job = { suspend: true, template: { spec: { restartPolicy: 'Never', containers } } }
  const port = [{ port: 80 }]
  const specs: Readonly<Record<string, readonly [apiVersion: string, content: object]>> = {
    Pod: ['v1', { spec: { containers, ...nowhere } }],
    ConfigMap: ['v1', { data: { level: 'info' } }],
    Service: ['v1', { spec: { ports: port, selector: { app: name } } }],
    PersistentVolumeClaim: [
      'v1',
      { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    ],
    ResourceQuota: ['v1', { spec: { hard: { pods: '1k' } } }],
    LimitRange: ['v1', { spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '1Ti' } }] } }],
    ReplicationController: ['v1', { spec: { replicas: 0, selector: { app: name }, template } }],
    Deployment: ['apps/v1', { spec: workload }],
    StatefulSet: ['apps/v1', { spec: { ...workload, serviceName: name } }],
    DaemonSet: ['apps/v1', { spec: { selector, template: { ...template, spec: { containers, ...nowhere } } } }],
    ReplicaSet: ['apps/v1', { spec: workload }],
    CronJob: ['batch/v1', { spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: job } } }],
    Job: ['batch/v1', { spec: job }],
    HorizontalPodAutoscaler: [
      'autoscaling/v2',
      { spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' } } },
    ],
    Ingress: [
      'networking.k8s.io/v1',
      { spec: { defaultBackend: { service: { name: 'none', port: { number: 80 } } } } },
    ],
    NetworkPolicy: ['networking.k8s.io/v1', { spec: { podSelector: {} } }],
    PodDisruptionBudget: ['policy/v1', { spec: { minAvailable: 0, selector } }],
  }
  return Object.fromEntries(
    Object.entries(specs).map(([kind, [apiVersion, content]]) => [
      kind,
      { apiVersion, kind, metadata: { name, labels }, ...content },
    ]),
  )
}
