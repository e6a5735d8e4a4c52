import { FaultError, faultIn, type Kind, type Target } from '../api/fault.ts'
import { POD, resourceName } from '../api/kinds.ts'
import type { Account, Calls, Carried, Purpose, Targets } from '../execution/ports.ts'
import type { Action } from '../operations/contract.ts'
import type { Item } from '../operations/item.ts'
import { aboutAccount, accessReviews } from './access-review.ts'
import { admit } from './admit.ts'
import type { Request, Requests } from './client.ts'
import type { RememberedDiscovery } from './discovery.ts'
import { pages } from './list.ts'
import { lookUp, remembering } from './look-up.ts'
import { pathOf } from './paths.ts'
import { requestOf } from './target-request.ts'
import { unlessGone } from './unless-gone.ts'

type Raw = Omit<Item, 'kind'>

/**
 * Calls on targets, all of them in the name of the task's account; only which kinds there are is asked in Rota's own.
 * @param leads asked before each write is sent; if not, the signal of the call must be aborted by then
 */
export function targetsOf(
  client: Requests,
  discovery: RememberedDiscovery,
  clock: { monotonic(): number },
  leads: () => boolean = () => true,
): Targets {
  const asked = lookUp(client)
  const remembered = remembering(asked, clock)
  return {
    as: (account, purpose, signal, letGo) =>
      callsOf(client, discovery, { as: account, purpose, signal }, { leads, letGo: letGo ?? signal }),
    admit: (account, namespaces, tolerated, signal, afresh = false) =>
      admit(afresh ? asked : remembered, account, namespaces, tolerated, signal),
    may: (account, question, signal) => accessReviews(client, account, signal, aboutAccount)(question),
  }
}

/** The same calls for who asks only what would be done: in the caller's own name, or in that of an account. */
export function previewCalls(
  client: Requests,
  discovery: RememberedDiscovery,
  signal: AbortSignal,
  caller: Pick<Caller, 'as' | 'purpose'> = {},
): Calls {
  return callsOf(client, discovery, { ...caller, signal }, { leads: () => true, letGo: signal })
}

/** What holds writes. */
interface Reins {
  readonly leads: () => boolean
  readonly letGo: AbortSignal
}

interface Caller {
  readonly as?: Account
  readonly purpose?: Purpose
  readonly signal: AbortSignal
}

function callsOf(client: Requests, discovery: RememberedDiscovery, caller: Caller, { leads, letGo }: Reins): Calls {
  const get = async (path: string, resource: string, target: Target): Promise<Raw> => {
    const { namespace } = target
    return client.request({ method: 'GET', verb: 'get', path, resource, namespace, target, ...caller })
  }
  const onTurn = () => {
    if (!leads()) caller.signal.throwIfAborted()
  }
  const send = (action: Action, dryRun: boolean) => sent(client, action, dryRun, { ...caller, underWay: letGo, onTurn })
  return {
    find: (group, kind, version) => discovery.find(group, kind, version),
    async *list(kind, namespace, labels) {
      try {
        yield* list(client, kind, namespace, labels, caller)
      } catch (error) {
        // The cluster has no such kind any more, or another version of it.
        if (error instanceof FaultError && error.fault.reason === 'NotFound') discovery.forget()
        throw error
      }
    },
    async get(target) {
      const { kind, namespace, name } = target
      const found = await unlessGone(get(pathOf(kind, namespace, name), resourceName(kind.group, kind.plural), target))
      return found && withKind(found, kind)
    },
    async scaled(item) {
      const { kind, metadata } = item
      const target = { kind, namespace: metadata.namespace, name: metadata.name }
      const { path, resource } = scaleOf(target)
      const answer = await get(path, resource, target)
      const scale = { replicas: answer.spec?.replicas ?? 0, running: answer.status?.replicas ?? 0 }
      // A scale has the version of its object: what is written later stands on both.
      const { resourceVersion } = answer.metadata
      return { ...item, scale, metadata: { ...metadata, resourceVersion } }
    },
    async tryOut(action) {
      return withKind(await send(action, true), action.target.kind)
    },
    async logTail(namespace, pod, container) {
      const query = { ...LOG_TAIL, ...(container !== undefined && { container }) }
      const path = `${pathOf(POD, namespace, pod)}/log`
      const request = { method: 'GET', verb: 'get', resource: 'pods/log', namespace, path, query, ...caller } as const
      return client.text(request)
    },
    carryOut: (action, dryRun) => carryOut(send, action, dryRun),
  }
}

/** The bound in bytes counts from the first of these lines: it is for logs of endless lines only. */
const LOG_TAIL = { tailLines: '100', limitBytes: String(512 * 1024) }

async function* list(
  client: Requests,
  kind: Kind,
  namespace: string,
  labels: string | undefined,
  caller: Caller,
): AsyncGenerator<readonly Item[]> {
  const within = kind.cluster ? {} : { namespace }
  const request = {
    path: pathOf(kind, namespace),
    resource: resourceName(kind.group, kind.plural),
    ...within,
    ...(labels !== undefined && { query: { labelSelector: labels } }),
    ...caller,
  }
  // The items of a list do not say their kind themselves.
  for await (const page of pages<Raw>(client, request)) yield page.items.map(item => withKind(item, kind))
}

type Send = (action: Action, dryRun: boolean) => Promise<Raw>

async function carryOut(send: Send, action: Action, dryRun: boolean): Promise<Carried> {
  try {
    const answer = await send(action, dryRun)
    // A dry run leaves the version as it is; what is planned has been compared before.
    if (dryRun || action.do === 'Create' || action.do === 'Delete') return 'Changed'
    return answer.metadata.resourceVersion === action.version ? 'Same' : 'Changed'
  } catch (error) {
    return faultIn(error)
  }
}

/** One request; two where a scale subresource is needed, the second on the version that the first one left. */
async function sent(
  client: Requests,
  action: Action,
  dryRun: boolean,
  caller: Caller & Pick<Request, 'underWay' | 'onTurn'>,
): Promise<Raw> {
  const send = (request: Omit<Request, 'as' | 'purpose' | 'signal'>) => client.request<Raw>({ ...request, ...caller })
  if (action.do !== 'Patch' || !action.scale) return send(requestOf(action, dryRun))
  const { replicas, first } = action.scale
  const scale = (version: string) =>
    send({
      method: 'PATCH',
      verb: 'patch',
      ...scaleOf(action.target),
      namespace: action.target.namespace,
      target: action.target,
      body: { metadata: { resourceVersion: version }, spec: { replicas } },
      ...(dryRun && { query: { dryRun: 'All' } }),
    })
  const patch = (version: string) => send(requestOf({ ...action, version }, dryRun))
  const [one, two] = first ? [scale, patch] : [patch, scale]
  const after = await one(action.version)
  return two(after.metadata.resourceVersion)
}

function scaleOf({ kind, namespace, name }: Target): Pick<Request, 'path' | 'resource'> {
  return {
    path: `${pathOf(kind, namespace, name)}/scale`,
    resource: resourceName(kind.group, `${kind.plural}/scale`),
  }
}

/** A namespace is in none; here it is its own, as in what is granted on it. */
function withKind(object: Raw, kind: Kind): Item {
  const { metadata } = object
  return { ...object, kind, metadata: kind.cluster ? { ...metadata, namespace: metadata.name } : metadata }
}
