import { type Instant, rfc3339 } from '../../src/lib/instant.ts'
import { type Json, sameJson } from '../../src/lib/json.ts'
import { mergePatched } from '../builders/merge-patch.ts'
import type { AuditEvent } from '../harness/audit.ts'
import { type Place, placeOf, RESOURCES, type Resource, resourceOf, titleOf } from './resources.ts'
import { invalid, notFound, refused, success, unlike } from './status.ts'

export interface ModelObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly creationTimestamp: string
    readonly deletionTimestamp?: string
    readonly finalizers?: readonly string[]
    readonly annotations?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec?: object
  readonly status?: object
}

/** A request as it arrives: who sends it says so, as the audit log tells it. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly contentType?: string
  readonly from: 'rota' | 'people'
  /** In whose name, if in another's. */
  readonly as?: string
  /** When it was sent, if its process is dead by now, or waits for its answer no more. */
  readonly lastWord?: Instant
}

export interface Answered {
  readonly code: number
  readonly body: unknown
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: ModelObject
}

/** A change: what was there and what is there after it, one of which may be nothing. */
interface Change {
  readonly before: ModelObject | undefined
  readonly after: ModelObject | undefined
}

/**
 * The API server in memory, as far as Rota needs it: versions and their preconditions, uids, generations, the status
 * subresource, finalizers, merge patches, dry runs, the words and codes of refusals, watches and the audit log. Objects
 * are never changed in place. It answers at once: what takes time or goes wrong is on the way (`Network`).
 * What it does not know: validation and defaults, server-side apply, strategic and JSON patches, managed fields, RBAC,
 * garbage collection, pages of lists. The integration test of the model holds the rest against a real one.
 */
export class ModelApiServer {
  readonly log: AuditEvent[] = []
  /** When those of its requests were sent for whose answers nobody waited any more when they came. */
  readonly lastWords = new Map<string, Instant>()
  requests = 0
  readonly #now: () => Instant
  readonly #objects = new Map<Resource, Map<string, ModelObject>>()
  readonly #events = new Map<Resource, WatchEvent[]>()
  readonly #watchers = new Map<Resource, Set<(event: WatchEvent) => void>>()
  readonly #places = new Map<string, Place | undefined>()
  /** Uids of objects whose defaults are read, but not kept: their first write keeps them, and is one even if it changes nothing. */
  readonly #unkept = new Set<string>()
  #revision = 1000
  #uids = 0
  #audited = 0

  constructor(now: () => Instant) {
    this.#now = now
    for (const resource of RESOURCES.values()) {
      this.#objects.set(resource, new Map())
      this.#events.set(resource, [])
      this.#watchers.set(resource, new Set())
    }
  }

  handle(asked: Asked): Answered {
    this.requests++
    const place = this.#place(asked.path)
    if (!place) return this.#besides(asked)
    const answered = this.#answer(asked, place)
    if (asked.method !== 'GET' && answered.code < 300 && !isDryRun(asked)) this.#audit(asked, place, answered)
    return answered
  }

  /** All objects of a kind, as they are now. */
  all(plural: string, group: string): readonly ModelObject[] {
    return [...this.#of(group, plural).values()]
  }

  /** As they were at a revision: each as its last event until then left it. */
  allAt(plural: string, group: string, revision: number): readonly ModelObject[] {
    const objects = new Map<string, ModelObject>()
    for (const { type, object } of this.#events.get(resourceOf(group, plural)) ?? []) {
      const { namespace, name, resourceVersion } = object.metadata
      if (Number(resourceVersion) > revision) break
      if (type === 'DELETED') objects.delete(`${namespace}/${name}`)
      else objects.set(`${namespace}/${name}`, object)
    }
    return [...objects.values()]
  }

  get revision(): number {
    return this.#revision
  }

  /** What a watch says that begins after this revision. */
  eventsSince(plural: string, group: string, revision: number): readonly WatchEvent[] {
    const events = this.#events.get(resourceOf(group, plural)) ?? []
    const first = events.findIndex(({ object }) => Number(object.metadata.resourceVersion) > revision)
    return first < 0 ? [] : events.slice(first)
  }

  /** Returns a function that ends it. */
  watch(plural: string, group: string, onEvent: (event: WatchEvent) => void): () => void {
    const watchers = this.#watchers.get(resourceOf(group, plural))
    watchers?.add(onEvent)
    return () => void watchers?.delete(onEvent)
  }

  #of(group: string, plural: string): Map<string, ModelObject> {
    return this.#objects.get(resourceOf(group, plural)) ?? new Map()
  }

  /** Paths come again and again. */
  #place(path: string): Place | undefined {
    if (!this.#places.has(path)) this.#places.set(path, placeOf(path))
    return this.#places.get(path)
  }

  #answer(asked: Asked, place: Place): Answered {
    const { resource, namespace, name, subresource } = place
    const objects = this.#objects.get(resource) as Map<string, ModelObject>
    const id = `${namespace}/${name}`
    if (name === '') {
      if (asked.method === 'POST') return this.#create(asked, place, objects)
      const all = [...objects.values()].filter(({ metadata }) => !namespace || metadata.namespace === namespace)
      const { kind, apiVersion } = resource
      const metadata = { resourceVersion: String(this.#revision) }
      return { code: 200, body: { apiVersion, kind: `${kind}List`, metadata, items: all } }
    }
    const before = objects.get(id)
    if (!before) return notFound(resource, name)
    if (asked.method === 'GET') return { code: 200, body: before }
    if (asked.method === 'DELETE') return this.#delete(asked, place, before)
    if (asked.method === 'PUT') return this.#put(asked, place, before)
    if (asked.contentType !== undefined && asked.contentType !== 'application/merge-patch+json') {
      throw new Error(`the model knows no ${asked.contentType}`)
    }
    const patch = asked.body as Json
    const merged = mergePatched(before as unknown as Json, patch) as unknown as ModelObject
    return this.#write(asked, place, before, subresource === 'status' ? withStatusOf(before, merged) : merged)
  }

  #create(asked: Asked, { resource, namespace }: Place, objects: Map<string, ModelObject>): Answered {
    const { metadata = {}, ...rest } = asked.body as { metadata?: Partial<ModelObject['metadata']> }
    const { name = '' } = metadata
    const id = `${namespace}/${name}`
    if (namespace !== '') {
      const home = this.#of('', 'namespaces').get(`/${namespace}`)
      if (!home) return notFound(resourceOf('', 'namespaces'), namespace)
    }
    if (objects.has(id)) {
      return refused(409, 'AlreadyExists', `${titleOf(resource)} "${name}" already exists`)
    }
    const { apiVersion, kind } = resource
    const { status: _, ...content } = rest as Partial<ModelObject>
    const { resourceVersion: _version, uid: _uid, deletionTimestamp: _deleted, finalizers = [], ...given } = metadata
    const after: ModelObject = {
      ...(resource.status ? content : rest),
      apiVersion,
      kind,
      metadata: {
        ...given,
        ...(finalizers.length > 0 && { finalizers }),
        name,
        ...(namespace !== '' && { namespace }),
        uid: `uid-${++this.#uids}`,
        resourceVersion: '',
        ...(resource.generation && { generation: 1 }),
        creationTimestamp: rfc3339(this.#now()),
      },
      // Not kept, but read so: the default of the CRD.
      ...(resource.status && { status: { observedGeneration: -1 } }),
    }
    if (resource.status) this.#unkept.add(after.metadata.uid)
    return { code: 201, body: this.#commit(asked, resource, id, { before: undefined, after }) }
  }

  #put(asked: Asked, place: Place, before: ModelObject): Answered {
    const given = asked.body as ModelObject
    const { resource, name, subresource } = place
    const { resourceVersion, uid } = given.metadata
    if (uid !== undefined && uid !== before.metadata.uid) return unlike(resource, name, uid, before.metadata.uid)
    if (resourceVersion === undefined)
      return invalid(resource, name, 'metadata.resourceVersion', 'must be specified for an update')
    return this.#write(asked, place, before, subresource === 'status' ? withStatusOf(before, given) : given)
  }

  #delete(asked: Asked, { resource, namespace, name }: Place, before: ModelObject): Answered {
    const { preconditions } = (asked.body ?? {}) as {
      preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
    }
    const { metadata } = before
    if (preconditions?.uid !== undefined && preconditions.uid !== metadata.uid) {
      return unlike(resource, name, preconditions.uid, metadata.uid)
    }
    if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== metadata.resourceVersion) {
      return conflict(resource, name)
    }
    const id = `${namespace}/${name}`
    if (!metadata.finalizers?.length) {
      this.#commit(asked, resource, id, { before, after: undefined })
      return success(resource, before)
    }
    if (metadata.deletionTimestamp !== undefined) return { code: 200, body: before }
    const { generation } = metadata
    const marked = {
      ...before,
      metadata: {
        ...metadata,
        deletionTimestamp: rfc3339(this.#now()),
        deletionGracePeriodSeconds: 0,
        ...(generation !== undefined && { generation: generation + 1 }),
      },
    }
    return { code: 200, body: this.#commit(asked, resource, id, { before, after: marked }) }
  }

  /** What a PUT or a PATCH makes of an object, if its preconditions hold. */
  #write(asked: Asked, place: Place, before: ModelObject, wanted: ModelObject): Answered {
    const { resource, namespace, name, subresource } = place
    const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = before.metadata
    const given = (asked.body as Partial<ModelObject>).metadata
    if (given?.resourceVersion !== undefined && given.resourceVersion !== resourceVersion) {
      return conflict(resource, name)
    }
    // A status has no metadata of its own: the uid in it is not looked at.
    if (given?.uid !== undefined && given.uid !== uid && subresource !== 'status') {
      return invalid(resource, name, 'metadata.uid', 'field is immutable')
    }
    const finalizers = wanted.metadata.finalizers ?? []
    const known = before.metadata.finalizers ?? []
    if (deletionTimestamp !== undefined && finalizers.some(one => !known.includes(one))) {
      const message = 'Forbidden: no new finalizers can be added if the object is being deleted'
      return invalid(resource, name, 'metadata.finalizers', message)
    }
    const { metadata, status, ...content } = wanted
    const { finalizers: _, ...named } = metadata
    const { metadata: _before, status: was, ...contentBefore } = before
    const kept = resource.status && subresource !== 'status' ? was : status
    const isNew = resource.generation && !sameJson(content, contentBefore)
    const after: ModelObject = {
      ...content,
      metadata: {
        ...named,
        ...(finalizers.length > 0 && { finalizers }),
        uid,
        resourceVersion,
        ...(generation !== undefined && { generation: generation + (isNew ? 1 : 0) }),
        creationTimestamp,
        ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      },
      ...(kept !== undefined && { status: kept }),
    }
    if (sameJson(after, before) && !this.#unkept.has(uid)) return { code: 200, body: before }
    const isGone = deletionTimestamp !== undefined && finalizers.length === 0
    const id = `${namespace}/${name}`
    return { code: 200, body: this.#commit(asked, resource, id, { before, after }, isGone) }
  }

  /** Gives the change a version, keeps it and tells the watches; a dry run does nothing of this. */
  #commit(asked: Asked, resource: Resource, id: string, { before, after }: Change, isGone = !after): ModelObject {
    const written = (after ?? before) as ModelObject
    if (isDryRun(asked))
      return { ...written, metadata: { ...written.metadata, resourceVersion: before?.metadata.resourceVersion ?? '' } }
    const object = { ...written, metadata: { ...written.metadata, resourceVersion: String(++this.#revision) } }
    if (before) this.#unkept.delete(before.metadata.uid)
    const objects = this.#objects.get(resource) as Map<string, ModelObject>
    if (isGone) objects.delete(id)
    else objects.set(id, object)
    const event = eventOf(before, object, isGone)
    this.#events.get(resource)?.push(event)
    for (const tell of this.#watchers.get(resource) ?? []) tell(event)
    return object
  }

  #audit(asked: Asked, { resource, namespace, name, subresource }: Place, { code, body }: Answered): void {
    const time = new Date(this.#now()).toISOString()
    const verbs = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete', GET: 'get' } as const
    const auditID = `request-${++this.#audited}`
    if (asked.lastWord !== undefined) this.lastWords.set(auditID, asked.lastWord)
    this.log.push({
      auditID,
      level: 'RequestResponse',
      verb: verbs[asked.method],
      requestURI: asked.path,
      user: { username: asked.from },
      userAgent: asked.from,
      ...(asked.as !== undefined && { impersonatedUser: { username: asked.as } }),
      objectRef: {
        resource: resource.plural,
        apiGroup: resource.group,
        ...(namespace !== '' && { namespace }),
        ...(name !== '' && { name }),
        ...(subresource !== '' && { subresource }),
      },
      responseStatus: { code },
      requestObject: asked.body,
      responseObject: body,
      requestReceivedTimestamp: time,
      stageTimestamp: time,
      stage: 'ResponseComplete',
    })
  }

  /** What is no object: which kinds there are, and who may do what. */
  #besides({ method, path }: Asked): Answered {
    if (method === 'POST' && path.endsWith('accessreviews')) return { code: 201, body: { status: { allowed: true } } }
    if (path !== '/apis') return refused(404, 'NotFound', 'the server could not find the requested resource')
    const groups = [...new Set([...RESOURCES.values()].map(({ group }) => group))].filter(Boolean)
    const versions = (group: string) => {
      const { apiVersion } = [...RESOURCES.values()].find(one => one.group === group) as Resource
      const version = { version: apiVersion.split('/')[1] }
      return { name: group, versions: [version], preferredVersion: version }
    }
    return { code: 200, body: { kind: 'APIGroupList', groups: groups.map(versions) } }
  }
}

/** Of what is gone a watch tells how it was before, with the version of its end. */
function eventOf(before: ModelObject | undefined, after: ModelObject, isGone: boolean): WatchEvent {
  if (!before) return { type: 'ADDED', object: after }
  if (!isGone) return { type: 'MODIFIED', object: after }
  const { resourceVersion } = after.metadata
  return { type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion } } }
}

function isDryRun({ query, body, method }: Asked): boolean {
  if (method !== 'DELETE') return query?.['dryRun'] === 'All'
  return body === undefined ? query?.['dryRun'] === 'All' : (body as { dryRun?: unknown }).dryRun !== undefined
}

/** A write of the status changes nothing else. */
function withStatusOf(before: ModelObject, { status }: ModelObject): ModelObject {
  return { ...before, ...(status !== undefined && { status }) }
}

function conflict(resource: Resource, name: string): Answered {
  const message = `Operation cannot be fulfilled on ${titleOf(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`
  return refused(409, 'Conflict', message)
}
