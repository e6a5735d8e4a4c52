import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Connection, connect } from '../../src/kube/connection.ts'
import { type Dice, dice } from '../builders/dice.ts'
import { seed } from '../builders/seed.ts'
import { specOf } from '../builders/task.ts'
import { until } from '../cluster/until.ts'
import { answerOf } from '../harness/answer.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { type Asked, ModelApiServer, type ModelObject, type WatchEvent } from '../simulation/api-server.ts'

// What the simulation believes of the API server, held against a real one: the same requests to both, in any order.
// Known differences, which nothing of Rota looks at: messages; managed fields; what validation and defaults add; the
// version of a deleted object in the answer to the request that let it go.

const SEQUENCES = 12
const STEPS = 60

const KINDS = {
  scheduledtasks: {
    group: 'rota.dev',
    root: '/apis/rota.dev/v1alpha1',
    apiVersion: 'rota.dev/v1alpha1',
    kind: 'ScheduledTask',
  },
  cronjobs: { group: 'batch', root: '/apis/batch/v1', apiVersion: 'batch/v1', kind: 'CronJob' },
  configmaps: { group: '', root: '/api/v1', apiVersion: 'v1', kind: 'ConfigMap' },
} as const
type Plural = keyof typeof KINDS

type Request = Omit<Asked, 'from'>
/** One of the two. */
interface Side {
  ask(request: Request): Promise<{ readonly code: number; readonly body: unknown }>
  /** As it was last seen, and as it was before its newest change; by path. */
  readonly now: Map<string, ModelObject>
  readonly before: Map<string, ModelObject>
}

const cluster = sharedCluster()

describe('the model of the API server', () => {
  let connection: Connection
  let namespace: string

  beforeAll(async () => {
    connection = await connect(cluster.kubeconfig)
    namespace = await createNamespace(cluster, 'model')
  })
  afterAll(async () => {
    await connection?.close()
    await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false'])
  })

  const first = seed()
  test.each(Array.from({ length: SEQUENCES }, (_, n) => first + n))('answers as a real one does (%i)', async from => {
    const chance = dice(from)
    const model = new ModelApiServer(() => Date.now())
    model.handle({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { metadata: { name: namespace } },
      from: 'people',
    })
    const sides: readonly [Side, Side] = [
      sideOf(async request => model.handle({ ...request, from: 'people' })),
      sideOf(request => really(connection, request)),
    ]
    const begin = { model: model.revision, real: await revisionOf(connection, namespace) }
    for (let step = 0; step < STEPS; step++) {
      const plural = chance.of(['scheduledtasks', 'scheduledtasks', 'cronjobs', 'configmaps'] as const)
      const make = anyRequest(chance, plural, namespace, `${from}-${chance.below(3)}`)
      const [said, really] = [await asked(sides[0], make), await asked(sides[1], make)]
      expect({ step, ...make.about, ...said }).toEqual({ step, ...make.about, ...really })
    }
    const events = model.eventsSince('scheduledtasks', 'rota.dev', begin.model)
    const seen = await watched(connection, namespace, begin.real, `${from}-`)
    expect(events.map(inShort)).toEqual(seen.map(inShort))
  })
})

function sideOf(ask: Side['ask']): Side {
  return { ask, now: new Map(), before: new Map() }
}

interface Made {
  readonly path: string
  /** For the words of a failure. */
  readonly about: object
  make(side: Side): Request
}

/** What counts of an answer. */
async function asked(side: Side, { path, make }: Made): Promise<object> {
  const request = make(side)
  const { code, body } = await side.ask(request)
  const { reason, kind } = body as { readonly reason?: string; readonly kind?: string }
  if (code >= 300 || kind === 'Status') {
    if (code < 300) forget(side, path)
    return { code, ...(reason !== undefined && { reason }) }
  }
  const object = body as ModelObject
  const known = side.now.get(path)
  const { resourceVersion, uid } = object.metadata
  const moves = known !== undefined && known.metadata.resourceVersion !== resourceVersion
  if (request.query?.['dryRun'] === undefined) {
    if (known && moves) side.before.set(path, known)
    const isGone = object.metadata.deletionTimestamp !== undefined && !object.metadata.finalizers?.length
    if (isGone) forget(side, path)
    else side.now.set(path, object)
    if (isGone) return { code, isGone }
  }
  return { code, moves, isNew: known?.metadata.uid !== uid, ...content(object) }
}

function forget(side: Side, path: string): void {
  const last = side.now.get(path)
  if (last) side.before.set(path, last)
  side.now.delete(path)
}

function content({ metadata, spec, status }: ModelObject): object {
  const { generation, labels, finalizers = [], deletionTimestamp } = metadata
  const { suspend } = (spec ?? {}) as { readonly suspend?: boolean }
  const { phase } = (status ?? {}) as { readonly phase?: string }
  return { generation, labels, finalizers, isDeleted: deletionTimestamp !== undefined, suspend, phase }
}

function inShort({ type, object }: WatchEvent): object {
  return { type, name: object.metadata.name, ...content(object) }
}

function anyRequest(chance: Dice, plural: Plural, namespace: string, name: string): Made {
  const { root, apiVersion, kind } = KINDS[plural]
  const collection = `${root}/namespaces/${namespace}/${plural}`
  const path = `${collection}/${name}`
  const finalizers = chance.of([[], ['a.b/c'], ['a.b/c', 'a.b/d']])
  const version = chance.of(['right', 'right', 'stale', 'none'] as const)
  const uid = chance.of(['none', 'none', 'right', 'wrong'] as const)
  const suspend = chance.below(2) === 0
  const phase = chance.of(['Scheduled', 'Running', 'Suspended'])
  const preconditions = (side: Side, ...allowed: readonly ('version' | 'uid')[]) => {
    const now = side.now.get(path)?.metadata
    const stale = side.before.get(path)?.metadata.resourceVersion ?? now?.resourceVersion
    const wanted = version === 'right' ? now?.resourceVersion : version === 'stale' ? stale : undefined
    const id = uid === 'right' ? now?.uid : uid === 'wrong' ? '00000000-0000-0000-0000-000000000000' : undefined
    return {
      ...(allowed.includes('version') && wanted !== undefined && { resourceVersion: wanted }),
      ...(allowed.includes('uid') && id !== undefined && { uid: id }),
    }
  }
  const made = (does: string, make: Made['make']): Made => ({ path, about: { does, plural, name, version, uid }, make })
  const patch = (does: string, of: object, more: object = {}, query?: Readonly<Record<string, string>>) =>
    made(does, side => ({
      method: 'PATCH',
      path,
      ...(query && { query }),
      contentType: 'application/merge-patch+json',
      body: { ...more, metadata: { ...of, ...preconditions(side, 'version', 'uid') } },
    }))
  const remove = (does: string, dryRun: boolean) =>
    made(does, side => ({
      method: 'DELETE',
      path,
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: preconditions(side, 'version', 'uid'),
        propagationPolicy: 'Background',
        ...(dryRun && { dryRun: ['All'] }),
      },
    }))
  const content = plural === 'configmaps' ? { data: { a: String(suspend) } } : { spec: { suspend } }
  const status = made('writes the status', side => ({
    method: 'PUT',
    path: `${path}/status`,
    body: {
      apiVersion,
      kind,
      metadata: { name, namespace, ...preconditions(side, 'version', 'uid') },
      spec: side.now.get(path)?.spec ?? specOf(),
      status: { observedGeneration: 1, phase },
    },
  }))
  return chance.of([
    made('creates', () => ({
      method: 'POST',
      path: collection,
      body: { apiVersion, kind, metadata: { name, finalizers }, ...first(plural) },
    })),
    made('creates', () => ({
      method: 'POST',
      path: collection,
      body: { apiVersion, kind, metadata: { name }, ...first(plural) },
    })),
    made('reads', () => ({ method: 'GET', path })),
    patch('labels', { labels: { a: phase } }),
    patch('changes', {}, content),
    patch('changes', {}, content),
    patch('tries a change', {}, content, { dryRun: 'All' }),
    patch('sets finalizers', { finalizers }),
    patch('ends finalizers', { finalizers: [] }),
    remove('deletes', false),
    remove('tries to delete', true),
    ...(plural === 'scheduledtasks' ? [status, status, status] : []),
  ])
}

function first(plural: Plural): object {
  if (plural === 'configmaps') return { data: {} }
  if (plural === 'scheduledtasks') return { spec: specOf() }
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.invalid/app:1' }] } }
  return { spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template } } } }
}

function really(connection: Connection, request: Request) {
  const query = { ...request.query, ...(request.method === 'GET' ? {} : { fieldManager: 'test' }) }
  return answerOf(connection, { ...request, query })
}

/** A server whose cache of a new kind is not yet filled asks for patience. */
async function revisionOf(connection: Connection, namespace: string): Promise<string> {
  const path = `${KINDS.scheduledtasks.root}/namespaces/${namespace}/scheduledtasks`
  const list = async () => (await really(connection, { method: 'GET', path })).body as ModelObject
  const { metadata } = await until('a list of tasks', list, ({ metadata }) => metadata.resourceVersion !== undefined)
  return metadata.resourceVersion
}

/** All that a watch says of these within two seconds. */
async function watched(connection: Connection, namespace: string, from: string, prefix: string): Promise<WatchEvent[]> {
  const query = new URLSearchParams({ watch: '1', resourceVersion: from, timeoutSeconds: '2' })
  const { body } = await connection.requests.request({
    origin: new URL(connection.url).origin,
    path: `${KINDS.scheduledtasks.root}/namespaces/${namespace}/scheduledtasks?${query}`,
    method: 'GET',
    headers: { ...(await connection.headers()) },
  })
  const lines = (await body.text()).split('\n').filter(Boolean)
  return lines
    .map(line => JSON.parse(line) as WatchEvent)
    .filter(({ object }) => object.metadata.name.startsWith(prefix))
}
