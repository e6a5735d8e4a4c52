import type { ActiveRun, ScheduledTask, Spec, Status } from '../../src/api/task.ts'
import { shortHash } from '../../src/lib/hash.ts'
import type { AuditEvent } from '../harness/audit.ts'
import { type Evidence, evidenceOf } from './evidence.ts'
import { violationsIn } from './invariants.ts'

export const SLOT = '2026-11-25T20:00:00Z'
export const idOf = (operation: string, slot = SLOT) => shortHash('task-uid', operation, 'Schedule', slot)
const NIGHT = idOf('sleep')
/** The run that most stories are about, and the wake after it. */
export const night: ActiveRun = {
  id: NIGHT,
  operation: 'sleep',
  reason: 'Schedule',
  slotTime: SLOT,
  startTime: '2026-11-25T20:00:00.100Z',
  attempt: 1,
  namespaces: ['team-a'],
  owner: 'one',
  resumed: 0,
  specKey: 'key',
}
export const morning: ActiveRun = { ...night, id: idOf('wake'), operation: 'wake' }
/** What a sleep notes on a workload of three. */
export const asleep = { kept: { from: 3, to: 0 } }
export const claimed: Partial<Status> = { runCount: 1, activeRun: night }
const ACCOUNT = 'system:serviceaccount:team-a:rota'
const FINALIZER = 'rota.dev/wake'
const SLEEP = 'rota.dev/sleep'
const MARK = 'rota.dev/last-run'
const RESTARTED = 'kubectl.kubernetes.io/restartedAt'

/** What happens in the story of a test, each thing a second and a revision after the one before. */
export class Story {
  readonly log: AuditEvent[] = []
  #known: Partial<Evidence> = {}

  task(
    status: Partial<Status>,
    { spec = {}, deleted = false, generation = 1, finalizers = [FINALIZER], stands = '1', other }: TaskWrite = {},
  ): this {
    const [name, uid] = other ? ['other', 'other-uid'] : ['nights-off', 'task-uid']
    const task = {
      apiVersion: 'rota.dev/v1alpha1',
      kind: 'ScheduledTask',
      metadata: {
        ...{ name, namespace: 'team-a', uid, resourceVersion: this.#revision() },
        ...{ generation, finalizers },
        ...(deleted && { deletionTimestamp: SLOT }),
      },
      spec: { serviceAccountName: 'rota', historyLimit: 10, operation: { sleep: {} }, ...spec },
      status: {
        phase: status.activeRun ? 'Running' : 'Scheduled',
        observedGeneration: generation,
        ...(status.history?.[0] && { lastResult: status.history[0].result }),
        ...status,
      },
    } as unknown as ScheduledTask
    const requestObject = { metadata: stands ? { resourceVersion: stands } : {} }
    const objectRef = { resource: 'scheduledtasks', apiGroup: 'rota.dev', namespace: 'team-a', name }
    return this.#add({ verb: 'update', objectRef, requestObject, responseObject: task })
  }

  /** A write on Deployment web, by the run unless told. */
  web(replicas: number, write: Write = {}): this {
    const { run = NIGHT, kept, as = ACCOUNT, namespace = 'team-a', by = 'rota', version = '1', stamp, leaves } = write
    const annotations = {
      ...(by === 'rota' && run && { [MARK]: run }),
      ...(kept && { [SLEEP]: JSON.stringify({ v: 1, uid: 'web-uid', holders: [], ...kept }) }),
    }
    const resourceVersion = leaves ?? this.#revision()
    const metadata = { name: 'web', namespace, uid: 'web-uid', annotations, resourceVersion }
    return this.#add({
      verb: 'patch',
      userAgent: by,
      objectRef: { resource: 'deployments', apiGroup: 'apps', namespace, name: 'web' },
      ...(by === 'rota' && { impersonatedUser: { username: as } }),
      requestObject: {
        metadata: { annotations, ...(version && { resourceVersion: version }) },
        ...(stamp && { spec: { template: { metadata: { annotations: { [RESTARTED]: stamp } } } } }),
      },
      responseObject: { kind: 'Deployment', metadata, spec: { replicas } },
    })
  }

  /** Objects of a kind are listed, as the account. */
  list(resource: string, code = 200): this {
    const objectRef = { resource, namespace: 'team-a' }
    return this.#add({ verb: 'list', objectRef, impersonatedUser: { username: ACCOUNT }, responseStatus: { code } })
  }

  /** ConfigMap old is deleted, as the account. */
  delete(): this {
    return this.#add({
      verb: 'delete',
      objectRef: { resource: 'configmaps', namespace: 'team-a', name: 'old' },
      impersonatedUser: { username: ACCOUNT },
      requestObject: { preconditions: { uid: 'old-uid' } },
      responseObject: { kind: 'Status', status: 'Success' },
    })
  }

  /** '': it is released. */
  lease(holder: string): this {
    const metadata = { name: 'rota', namespace: 'rota-system', resourceVersion: this.#revision() }
    return this.#add({
      verb: 'update',
      objectRef: { resource: 'leases', apiGroup: 'coordination.k8s.io', namespace: 'rota-system', name: 'rota' },
      responseObject: { kind: 'Lease', metadata, spec: { holderIdentity: holder } },
    })
  }

  /** The last thing was sent so many seconds before it came, by a process that had died meanwhile. */
  lastWord(seconds: number): this {
    const { auditID, requestReceivedTimestamp } = this.log.at(-1) as AuditEvent
    this.#known = { lastWords: new Map([[auditID, Date.parse(requestReceivedTimestamp) - seconds * 1000]]) }
    return this
  }

  /** Some operator has begun without having been told of a task. */
  unlisted(uid: string): this {
    this.#known = { unlisted: new Set([uid]) }
    return this
  }

  get violations(): readonly number[] {
    const evidence = { ...evidenceOf(this.log, namespace => namespace.startsWith('team-')), ...this.#known }
    return [...new Set(violationsIn(evidence).map(({ invariant }) => invariant))].sort((a, b) => a - b)
  }

  #revision(): string {
    return String(this.log.length + 1)
  }

  #add(event: Partial<AuditEvent>): this {
    const at = new Date(Date.parse(SLOT) + this.log.length * 1000).toISOString()
    this.log.push({
      ...{ auditID: this.#revision(), level: 'RequestResponse', requestURI: '/', stage: 'ResponseComplete' },
      ...{ user: { username: 'admin' }, userAgent: 'rota', responseStatus: { code: 200 } },
      ...{ requestReceivedTimestamp: at, stageTimestamp: at, verb: 'patch' },
      ...event,
    })
    return this
  }
}

interface TaskWrite {
  readonly spec?: Partial<Spec>
  readonly deleted?: boolean
  readonly generation?: number
  readonly finalizers?: readonly string[]
  /** The version that the write is on. */
  readonly stands?: string
  /** It is that of another task. */
  readonly other?: true
}

interface Write {
  readonly run?: string
  /** `uid`: of the object from which it was copied. */
  readonly kept?: {
    readonly from: number
    readonly to: number
    readonly uid?: string
    readonly holders?: readonly { readonly task: string; readonly uid: string }[]
  }
  readonly as?: string
  readonly namespace?: string
  readonly by?: 'rota' | 'kubectl'
  /** The precondition. */
  readonly version?: string
  /** The version of the object afterwards, where it is an old one. */
  readonly leaves?: string
  /** When it says to restart the pods. */
  readonly stamp?: string
}
