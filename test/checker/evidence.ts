import type { ScheduledTask } from '../../src/api/task.ts'
import type { AuditEvent } from '../harness/audit.ts'

/** Who wrote: the operator, or anybody else (people, tests, other controllers). */
export type Writer = 'Rota' | 'Other'

/** A task as one write left it. */
export interface TaskVersion {
  /** The API server's own order of all writes. */
  readonly revision: number
  /** Milliseconds since the epoch, by the API server's clock: when the request came, and when it had been answered. */
  readonly received: number
  readonly answered: number
  readonly writer: Writer
  readonly task: ScheduledTask
  /** The request did not say on which version it stands. */
  readonly blind?: true
}

/** All versions of one task, in order. */
export interface TaskLife {
  readonly uid: string
  /** `namespace/name` */
  readonly key: string
  readonly versions: readonly TaskVersion[]
  /** Versions that a later write of Rota has left as they were. */
  readonly idle?: readonly number[]
  /** When it was gone: the end of a run that was active then can be written nowhere. */
  readonly gone?: number
}

/** A write on anything but tasks, leases, Events and reviews; dry runs and refused writes are left out. */
export interface TargetWrite {
  readonly auditId: string
  readonly received: number
  readonly answered: number
  readonly writer: Writer
  readonly verb: string
  /** `deployments.apps/web` in a namespace, with `/scale` for a subresource. */
  readonly target: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  /** In whose name: the impersonated user. */
  readonly as?: string
  /** The run whose mark the request sets. */
  readonly run?: string
  readonly body?: unknown
  /** The object as the write left it. */
  readonly after?: Stored
}

export interface Stored {
  readonly kind?: string
  readonly metadata: {
    readonly uid?: string
    readonly resourceVersion?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec?: Readonly<Record<string, unknown>>
  readonly data?: unknown
}

/** A page that Rota has asked for in the name of an account. */
export interface Listed {
  readonly received: number
  readonly as: string
  readonly namespace: string
  readonly resource: string
  /** The API server has answered with it. */
  readonly isComplete: boolean
}

/** A lease as one write left it. */
export interface LeaseVersion {
  readonly revision: number
  readonly name: string
  /** '' when it was released. */
  readonly holder: string
}

/** What the audit log proves about some namespaces. */
export interface Evidence {
  readonly tasks: readonly TaskLife[]
  /** In the order of their answers. */
  readonly writes: readonly TargetWrite[]
  /** In the order of their answers. */
  readonly lists: readonly Listed[]
  /** Of all operators on this API server, in order. */
  readonly leases: readonly LeaseVersion[]
  /**
   * Milliseconds that times may be off which an operator has written while its clock was wrong: as long as answers were on
   * their way, by which it knows the API server's time.
   */
  readonly clockError?: number
  /**
   * By audit id: when a request was sent that came after its process had died, or had given it up: nobody can call it back. No
   * audit log says so; the simulation does.
   */
  readonly lastWords?: ReadonlyMap<string, number>
  /** Uids of tasks that were there, and not in the first list of some operator: it takes them for gone until it hears of them. */
  readonly unlisted?: ReadonlySet<string>
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])
const MARK = 'rota.dev/last-run'
const NO_TARGETS = new Set([
  'coordination.k8s.io/leases',
  'events.k8s.io/events',
  '/events',
  'authentication.k8s.io/tokenreviews',
  'authorization.k8s.io/subjectaccessreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/localsubjectaccessreviews',
])

/** Reads the log; `concerns` chooses the namespaces. */
export function evidenceOf(log: readonly AuditEvent[], concerns: (namespace: string) => boolean): Evidence {
  const lives = new Map<string, TaskVersion[]>()
  const writes: TargetWrite[] = []
  const lists: Listed[] = []
  const leases: LeaseVersion[] = []
  const gone = new Map<string, number>()
  for (const event of log) {
    if (event.verb === 'list' && event.impersonatedUser && concerns(namespaceOf(event))) lists.push(listed(event))
    if (!isLastingWrite(event)) continue
    if (event.objectRef?.resource === 'leases') leases.push(leaseVersion(event))
    if (!concerns(namespaceOf(event))) continue
    const { resource = '', apiGroup = '' } = event.objectRef ?? {}
    if (resource === 'scheduledtasks') {
      addVersion(lives, event)
      gone.set(goneIn(event), Date.parse(event.stageTimestamp))
    } else if (!NO_TARGETS.has(`${apiGroup}/${resource}`)) writes.push(targetWrite(event))
  }
  const tasks = [...lives].map(([uid, versions]) => {
    const { namespace, name } = (versions[0] as TaskVersion).task.metadata
    const idle = idleIn(versions)
    const end = gone.get(uid)
    return {
      uid,
      key: `${namespace}/${name}`,
      versions: inOrder(versions),
      ...(idle.length > 0 && { idle }),
      ...(end !== undefined && { gone: end }),
    }
  })
  return { tasks, writes, lists, leases: leases.sort((a, b) => a.revision - b.revision) }
}

function listed({ requestReceivedTimestamp, impersonatedUser, objectRef, responseStatus }: AuditEvent): Listed {
  return {
    received: Date.parse(requestReceivedTimestamp),
    as: impersonatedUser?.username ?? '',
    namespace: objectRef?.namespace ?? '',
    resource: objectRef?.resource ?? '',
    isComplete: responseStatus?.code === 200,
  }
}

function leaseVersion({ responseObject }: AuditEvent): LeaseVersion {
  const { metadata, spec } = responseObject as {
    readonly metadata: { readonly name: string; readonly resourceVersion: string }
    readonly spec?: { readonly holderIdentity?: string }
  }
  return { revision: Number(metadata.resourceVersion), name: metadata.name, holder: spec?.holderIdentity ?? '' }
}

/** A write that was carried out, and not only tried. */
export function isLastingWrite({ verb, requestURI, responseStatus, stage }: AuditEvent): boolean {
  const code = responseStatus?.code ?? 0
  return (
    stage === 'ResponseComplete' && WRITES.has(verb) && code >= 200 && code < 300 && !requestURI.includes('dryRun=')
  )
}

/** A namespace is in itself. */
function namespaceOf({ objectRef, responseObject }: AuditEvent): string {
  if (objectRef?.resource !== 'namespaces') return objectRef?.namespace ?? ''
  return objectRef.name ?? (responseObject as ScheduledTask | undefined)?.metadata?.name ?? ''
}

/** What people ask for, by tests, by the REST API, or by the command line. */
const OF_PEOPLE = /[?&]fieldManager=(test|rota-api|rota-cli)(&|$)/

/** Some ask through the operator's own client; they say so as field managers. */
function writerOf({ userAgent, requestURI }: AuditEvent): Writer {
  return userAgent === 'rota' && !OF_PEOPLE.test(requestURI) ? 'Rota' : 'Other'
}

const timesOf = (event: AuditEvent) => ({
  received: Date.parse(event.requestReceivedTimestamp),
  answered: Date.parse(event.stageTimestamp),
  writer: writerOf(event),
})

function addVersion(lives: Map<string, TaskVersion[]>, event: AuditEvent): void {
  const task = event.responseObject as ScheduledTask | undefined
  const uid = task?.metadata?.uid
  if (task?.kind !== 'ScheduledTask' || !uid) return
  const versions = lives.get(uid) ?? []
  lives.set(uid, versions)
  const blind = event.verb !== 'create' && isBlind(event)
  const revision = Number(task.metadata.resourceVersion)
  versions.push({ ...timesOf(event), revision, task, ...(blind && { blind }) })
}

function isBlind({ requestObject }: AuditEvent): boolean {
  const request = requestObject as Partial<ScheduledTask> | undefined
  return request !== undefined && request.metadata?.resourceVersion === undefined
}

/** The uid of the task that is gone by a request: it was deleted, or let go by whoever took off the last finalizer. */
function goneIn({ verb, responseObject }: AuditEvent): string {
  const { kind, details, metadata } = (responseObject ?? {}) as Partial<ScheduledTask> & {
    readonly details?: { readonly uid?: string }
  }
  if (verb === 'delete' && kind === 'Status') return details?.uid ?? ''
  const isLetGo = metadata?.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0
  return (isLetGo && metadata.uid) || ''
}

/** A write that changed nothing has the revision of the one before. */
function inOrder(versions: readonly TaskVersion[]): readonly TaskVersion[] {
  const sorted = versions.toSorted((a, b) => a.revision - b.revision)
  return sorted.filter(({ revision }, index) => revision !== sorted[index - 1]?.revision)
}

/** Who takes the last finalizer off lets a task go, and is answered with the version that it had. */
function idleIn(versions: readonly TaskVersion[]): readonly number[] {
  const seen = new Set<number>()
  return versions.flatMap(({ revision, writer, task }) => {
    const isIdle = writer === 'Rota' && seen.has(revision) && !task.metadata.deletionTimestamp
    seen.add(revision)
    return isIdle ? [revision] : []
  })
}

function targetWrite(event: AuditEvent): TargetWrite {
  const { resource = '', subresource = '', apiGroup = '', name = '' } = event.objectRef ?? {}
  const after = event.responseObject as Stored | undefined
  const run = markIn(event.requestObject)
  const title = `${resource}${apiGroup && `.${apiGroup}`}/${name || (after?.metadata as { name?: string })?.name || ''}`
  return {
    ...timesOf(event),
    auditId: event.auditID,
    verb: event.verb,
    target: `${title}${subresource && `/${subresource}`}`,
    namespace: namespaceOf(event),
    resource,
    subresource,
    ...(event.impersonatedUser && { as: event.impersonatedUser.username }),
    ...(run !== undefined && { run }),
    ...(event.requestObject !== undefined && { body: event.requestObject }),
    ...(after?.metadata && after.kind !== 'Status' && { after }),
  }
}

/** In an object or a merge patch a field; in a JSON patch the value of an operation. */
function markIn(body: unknown): string | undefined {
  if (Array.isArray(body)) {
    const operations = body as readonly { readonly path?: string; readonly value?: unknown }[]
    for (const { path, value } of operations) {
      if (path === `/metadata/annotations/${MARK.replace('/', '~1')}`) return String(value)
      const whole = path === '/metadata/annotations' ? (value as Record<string, string> | undefined)?.[MARK] : undefined
      if (whole !== undefined) return whole
    }
    return undefined
  }
  return (body as Partial<Stored> | undefined)?.metadata?.annotations?.[MARK]
}
