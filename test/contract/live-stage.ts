import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import type { Kind } from '../../src/api/fault.ts'
import { NAMESPACE, resourceName } from '../../src/api/kinds.ts'
import { API_VERSION, KIND } from '../../src/api/names.ts'
import type { ScheduledTask } from '../../src/api/task.ts'
import { Client } from '../../src/kube/client.ts'
import { connect } from '../../src/kube/connection.ts'
import { discoveryOf } from '../../src/kube/discovery.ts'
import { pathOf } from '../../src/kube/paths.ts'
import { targetsOf } from '../../src/kube/targets.ts'
import { unlessGone } from '../../src/kube/unless-gone.ts'
import type { Right } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { systemClock } from '../../src/system-clock.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { until } from '../cluster/until.ts'
import type { Fate, Passing } from '../harness/proxy.ts'
import { startProxy } from '../harness/proxy.ts'
import { runLabel } from '../harness/shared.ts'
import { type Case, type Manifest, TASK, WIDGET } from './cases.ts'
import { attemptBefore, kindOf, onlyOperation, type Stage } from './stage.ts'

/** A case on the API server, its requests behind a proxy. */
export interface LiveStage extends Stage {
  /** What becomes of the requests in the name of its account. */
  fate: (request: Passing) => Fate | Promise<Fate>
  /** Requests in the name of its account so far. */
  seen(): readonly Passing[]
  /** The rights that the account has been given. */
  readonly rights: readonly Right[]
  /** Somebody else changes an object, if it is there: it has another version then. */
  touch(path: string): Promise<void>
  /** All objects that were there at first, by their paths; `undefined`: it is gone. */
  objects(): Promise<Readonly<Record<string, Item | undefined>>>
}

export interface Lab {
  stage(make: Case): Promise<LiveStage>
  close(): Promise<void>
}

/** Stages for the cases, each in a namespace of its own with an account that may do what its operation says it takes. */
export async function openLab(cluster: ClusterAccess): Promise<Lab> {
  const clock = systemClock()
  const proxy = await startProxy(cluster)
  // Pages of two objects, so that they are seen to be followed.
  proxy.rewrite = url => url.replace('limit=500', 'limit=2')
  const admin = new Client(await connect(cluster.kubeconfig), clock, () => undefined)
  const connection = await connect(proxy.kubeconfig)
  const client = new Client(connection, clock, () => undefined)
  const discovery = discoveryOf(client, clock)
  const stages = new Map<string, LiveStage>()
  proxy.fate = request => stages.get(request.as)?.fate(request) ?? 'pass'

  const create = <T>(kind: Pick<Kind, 'group' | 'version' | 'plural' | 'cluster'>, namespace: string, body: object) =>
    admin.request<T>({
      method: 'POST',
      verb: 'create',
      path: pathOf(kind, namespace),
      resource: resourceName(kind.group, kind.plural),
      body,
    })

  async function stage(make: Case): Promise<LiveStage> {
    const home = `contract-${randomBytes(4).toString('hex')}`
    const id = randomBytes(8).toString('hex')
    const scenario = make({ home, run: id })
    const made = await create<Item>(NAMESPACE, home, namespaceManifest(home))
    for (const name of [TASK, OTHER]) await create(SERVICE_ACCOUNT, home, manifest('v1', 'ServiceAccount', name, home))
    const { metadata, spec } = await create<ScheduledTask>(SCHEDULED_TASK, home, {
      ...manifest(API_VERSION, KIND, TASK, home),
      spec: { serviceAccountName: TASK, ...scenario.spec },
    })
    const operation = onlyOperation(spec)
    const rights = await operation.rights(discovery)
    await grant(home, made.metadata.uid, rights)
    const world = scenario.world.map(one => placed(one, home))
    for (const one of world) await create(kindOf(one), one.metadata.namespace ?? '', one)
    const look = () =>
      Promise.all(world.map(async one => [pathTo(one), await found(pathTo(one))] as const)).then(Object.fromEntries)
    const as = `system:serviceaccount:${home}:${TASK}`
    const live: LiveStage = {
      scenario: { ...scenario, spec },
      operation,
      rights,
      run: {
        id,
        operation: operation.name,
        // What is there at the slot counts; all that is made here is older.
        slotTime: Math.floor(clock.now() / 1000) * 1000 + 60_000,
        namespaces: spec.target?.namespaces ?? [home],
        task: { key: `${home}/${TASK}`, namespace: home, name: TASK, uid: metadata.uid },
        timeoutSeconds: 60,
        isGone: async () => false,
      },
      account: { namespace: home, name: TASK },
      targets: targetsOf(client, discovery, clock),
      clock,
      fate: () => 'pass',
      seen: () => proxy.seen.filter(request => request.as === as),
      async touch(path) {
        const body = { metadata: { annotations: TOUCHED } }
        await unlessGone(admin.request({ method: 'PATCH', verb: 'patch', path, resource: resourceIn(path), body }))
      },
      objects: async () => {
        const quiet = (objects: Readonly<Record<string, Item | undefined>>) =>
          Object.values(objects).every(one => !one || isQuiet(one))
        return until('controllers have done their part', look, quiet)
      },
    }
    if (scenario.before) {
      await live.objects()
      await attemptBefore({ ...live, account: { namespace: home, name: OTHER } }, scenario.before)
    }
    await live.objects()
    stages.set(as, live)
    return live
  }

  function found(path: string): Promise<Item | undefined> {
    return unlessGone(admin.request<Item>({ method: 'GET', verb: 'get', path, resource: resourceIn(path) }))
  }

  /** Everywhere, since not all namespaces of a case are there yet; it goes with the namespace of the task. */
  async function grant(home: string, uid: string, rights: readonly Right[]): Promise<void> {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Namespace', name: home, uid }]
    const rules = rights.map(({ group, resource, verbs }) => ({ apiGroups: [group], resources: [resource], verbs }))
    const role = { kind: 'ClusterRole', metadata: { name: home, ownerReferences }, apiVersion: `${RBAC}/v1` }
    await create(CLUSTER_ROLE, '', { ...role, rules })
    await create(CLUSTER_ROLE_BINDING, '', {
      ...role,
      kind: 'ClusterRoleBinding',
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: home },
      subjects: [TASK, OTHER].map(name => ({ kind: 'ServiceAccount', name, namespace: home })),
    })
    const [{ group, resource, verbs } = { group: '', resource: '', verbs: [] }] = rights
    const spec = {
      user: `system:serviceaccount:${home}:${TASK}`,
      resourceAttributes: { namespace: home, group, resource, verb: verbs[0] },
    }
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec }
    await until(
      'the rights are known',
      () => create<{ readonly status: { readonly allowed: boolean } }>(ACCESS_REVIEW, '', review),
      ({ status }) => status.allowed,
      { interval: 20 },
    )
  }

  if (!(await found(`${pathOf(CRD, '')}/${WIDGET.plural}.${WIDGET.group}`))) await create(CRD, '', WIDGETS)
  const kinds = `/apis/${WIDGET.group}/${WIDGET.version}`
  await until('there are widgets', () => admin.request({ method: 'GET', verb: 'get', path: kinds, resource: kinds }))
  return {
    stage,
    async close() {
      for (const { run } of stages.values()) {
        // What is in them goes with them; nobody waits for that.
        for (const name of new Set([...run.namespaces, run.task.namespace])) {
          await admin
            .request({ method: 'DELETE', verb: 'delete', path: pathOf(NAMESPACE, name, name), resource: 'namespaces' })
            .catch(() => undefined)
        }
      }
      await connection.close()
      await proxy.close()
    },
  }
}

/** What somebody else has written on an object. */
export const TOUCHED = { 'example.com/note': 'mine' }
/** The account of what was there before. */
const OTHER = 'other'
const RBAC = 'rbac.authorization.k8s.io'
const of = (group: string, version: string, plural: string) => ({ group, version, plural })
const SERVICE_ACCOUNT = of('', 'v1', 'serviceaccounts')
const SCHEDULED_TASK = of('rota.dev', 'v1alpha1', 'scheduledtasks')
const CLUSTER_ROLE = { ...of(RBAC, 'v1', 'clusterroles'), cluster: true } as const
const CLUSTER_ROLE_BINDING = { ...of(RBAC, 'v1', 'clusterrolebindings'), cluster: true } as const
const ACCESS_REVIEW = { ...of('authorization.k8s.io', 'v1', 'subjectaccessreviews'), cluster: true } as const
const CRD = { ...of('apiextensions.k8s.io', 'v1', 'customresourcedefinitions'), cluster: true } as const
const replicas = { type: 'object', properties: { replicas: { type: 'integer' } } }
const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${WIDGET.plural}.${WIDGET.group}` },
  spec: {
    group: WIDGET.group,
    names: { kind: WIDGET.kind, plural: WIDGET.plural },
    scope: 'Namespaced',
    versions: [
      {
        name: WIDGET.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: replicas, status: replicas } } },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
      },
    ],
  },
}

function manifest(apiVersion: string, kind: string, name: string, namespace: string): Manifest {
  return { apiVersion, kind, metadata: { name, namespace } }
}

function namespaceManifest(name: string, labels: Readonly<Record<string, string>> = {}): object {
  const shared = inject('cluster')
  const runId = shared.kind === 'Running' ? shared.runId : 'none'
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [runLabel]: runId, ...labels } } }
}

function placed(one: Manifest, home: string): Manifest {
  const { metadata } = one
  if (one.kind === NAMESPACE.kind) return namespaceManifest(metadata.name, metadata.labels) as Manifest
  return { ...one, metadata: { namespace: home, ...metadata } }
}

function pathTo(one: Manifest): string {
  return pathOf(kindOf(one), one.metadata.namespace ?? '', one.metadata.name)
}

/** Whether its controller has done what was to be done. */
function isQuiet({ kind: name, spec = {}, status = {}, metadata }: Item): boolean {
  // An object of the API server says its kind by name.
  const kind = name as unknown as string
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) return true
  const wanted = kind === 'DaemonSet' ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1)
  const ready = (kind === 'DaemonSet' ? status.numberReady : status.readyReplicas) ?? 0
  const is = (type: string, reason: string) =>
    status.conditions?.some(one => one.type === type && one.reason === reason)
  const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  if (!isObserved || spec.paused) return isObserved
  const { terminatingReplicas = 0 } = status as { readonly terminatingReplicas?: number }
  const running = kind === 'DaemonSet' ? wanted : (status.replicas ?? 0)
  return (
    ready === wanted &&
    running === wanted &&
    terminatingReplicas === 0 &&
    (kind !== 'Deployment' || Boolean(is('Progressing', 'NewReplicaSetAvailable')))
  )
}

/** The plural in the path of an object. */
function resourceIn(path: string): string {
  return path.split('/').at(-2) ?? ''
}
