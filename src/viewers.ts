import type { Emit } from './api/facts.ts'
import { FaultError } from './api/fault.ts'
import { GROUP, PLURAL } from './api/names.ts'
import { runAhead } from './cli/preview/look.ts'
import type { RunAhead } from './cli/preview/model.ts'
import { operationsOf } from './cli/preview/outlook.ts'
import type { Settings } from './decide/settings.ts'
import type { Task } from './decide/task.ts'
import { type Reviews, reviewsOf, type User } from './kube/authorize.ts'
import { Client } from './kube/client.ts'
import { type Connection, inNameOf } from './kube/connection.ts'
import { discoveryOf } from './kube/discovery.ts'
import { tasksPath } from './kube/paths.ts'
import type { Clock } from './lib/clock.ts'
import { MINUTE } from './lib/instant.ts'
import type { Annotations, Viewer, Wish } from './server/ports.ts'
import { unavailable } from './server/problem.ts'
import type { PreviewView } from './server/shapes.ts'

/** The field manager of what is asked for by the REST API. */
const FIELD_MANAGER = 'rota-api'

export interface ViewerParts {
  readonly clock: Clock
  readonly emit: Emit
  readonly connection: Connection
  /** In Rota's own name. */
  readonly client: Client
  readonly store: { get(key: string): Task | undefined; readonly ownNamespace: string }
  readonly settings: Settings
  /** Whether the store holds the tasks of all namespaces. */
  readonly holdsAll: boolean
}

/**
 * Whoever asks is taken for Rota itself (`--insecure-local`), which looks at the objects of tasks in the name of their
 * accounts only: it has no rights of its own there.
 */
export function localViewer(parts: ViewerParts): Viewer {
  return { may: async () => true, ...actsBy(parts, parts.client, true) }
}

/** Knows the bearers of tokens, and acts by these tokens alone. */
export function viewersOf(parts: ViewerParts): (token: string | undefined) => Promise<Viewer | undefined> {
  const reviews = told(reviewsOf(parts.client), parts)
  return async token => {
    if (token === undefined) return undefined
    const user = await reviews.userOf(token)
    if (!user) return undefined
    const client = new Client(inNameOf(token, parts.connection), parts.clock, parts.emit, { caller: 'You' })
    return { may: wish => reviews.may(user, attributesOf(wish)), ...actsBy(parts, client, false) }
  }
}

/** Who cannot be checked is not let in; why is told in the log too, once in a while. */
function told(reviews: Reviews, { emit }: ViewerParts): Reviews {
  let said = Number.NEGATIVE_INFINITY
  const explain = (error: unknown): never => {
    if (!(error instanceof FaultError)) throw error
    const message = `callers of the REST API cannot be checked: ${error.fault.message}`
    if (performance.now() > said + MINUTE) {
      said = performance.now()
      emit({ fact: 'Trouble', where: 'rest', message })
    }
    throw unavailable(message, 5)
  }
  return {
    userOf: token => reviews.userOf(token).catch(explain),
    may: (user: User, attributes) => reviews.may(user, attributes).catch(explain),
  }
}

function attributesOf(wish: Wish) {
  return 'path' in wish
    ? { nonResourceAttributes: { path: wish.path, verb: 'get' } }
    : { resourceAttributes: { ...wish, group: GROUP, resource: PLURAL } }
}

function actsBy(
  { clock, store, settings, holdsAll }: ViewerParts,
  client: Client,
  asTask: boolean,
): Omit<Viewer, 'may'> {
  return {
    annotate: ({ namespace, name, uid }, annotations: Annotations) =>
      client.request({
        method: 'PATCH',
        verb: 'patch',
        path: `${tasksPath(namespace)}/${name}`,
        resource: `${PLURAL}.${GROUP}`,
        namespace,
        query: { fieldManager: FIELD_MANAGER },
        body: { metadata: { ...(uid !== undefined && { uid }), annotations } },
      }),
    async preview(task, seesAll, signal) {
      const among = (key: string) => (seesAll || key.startsWith(`${task.namespace}/`) ? store.get(key) : undefined)
      const others = { store: { get: among }, seesAll: seesAll && holdsAll }
      const discovery = discoveryOf(client, clock)
      const { ownNamespace } = store
      const eyes = { client, discovery, others, settings, ownNamespace, now: clock.now(), signal, asTask }
      const runs = []
      for (const operation of operationsOf(task)) runs.push(runView(await runAhead(eyes, task, operation)))
      return { seen_as: asTask ? 'Account' : 'Caller', runs }
    },
  }
}

function runView(run: RunAhead): PreviewView['runs'][number] {
  const { operation, verdict, refused, dryRun, namespaces, changes, already, left, failures, unseen, rights } = run
  return {
    operation,
    verdict,
    refused,
    dry_run: dryRun,
    namespaces: [...namespaces],
    changes: changes.map(({ kind, namespace, name, action, says }) => ({ kind, namespace, name, action, says })),
    already,
    left: left.map(({ kind, namespace, name, reason, message }) => ({ kind, namespace, name, reason, message })),
    failures: failures.map(({ reason, message, remedy }) => ({ reason, message, remedy })),
    unseen: [...unseen],
    missing_rights: rights.missing.map(({ verb, resource, namespace, remedy }) => ({
      verb,
      resource,
      namespace,
      remedy,
    })),
  }
}
