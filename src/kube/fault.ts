import type { Fault, Target } from '../api/fault.ts'
import type { Account, Purpose } from '../execution/ports.ts'
import { cut, listed, messageOf } from '../lib/text.ts'
import { inShort, wordsOf } from './words.ts'

/** What a call was about, for the message of its failure. */
export interface Call {
  /** The RBAC verb. */
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'
  /** `deployments.apps`. */
  readonly resource: string
  readonly namespace?: string
  readonly target?: Target
  readonly as?: Account
  /** What it is made for: it knows what would allow it. */
  readonly purpose?: Purpose
}

export interface Failure {
  readonly status: number
  /** Seconds. */
  readonly retryAfter: number
  /** A metav1.Status, if it is the API server that answers. */
  readonly body?: {
    readonly kind?: string
    readonly message?: string
    readonly reason?: string
    readonly details?: {
      /** The plural, as in the path. */
      readonly kind?: string
      readonly name?: string
      readonly causes?: readonly Cause[]
    }
  }
  /** What is no JSON. */
  readonly text?: string
}

interface Cause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

/** In whose name calls are made that are not made as an account: Rota's own, or that of the person who reads the words. */
export type Caller = 'Rota' | 'You'

/** What an answer of the API server that is no success means for a run. */
export function faultOf(call: Call, failure: Failure, caller: Caller = 'Rota'): Fault {
  const { status, retryAfter, body } = failure
  const what = `${call.verb} ${called(call)}`
  const about = { ...(call.target && { target: call.target }), ...(retryAfter > 0 && { retryAfter }) }
  const said = body?.message ? `: ${wordsOf(call.resource, body.message)}` : ''
  if (status === 404) return { ...notFound(call, failure), ...about }
  // A gateway in between decides nothing for good.
  if (FINAL.has(status) && body?.kind !== 'Status') return { ...notTheApiServer(what, status), ...about }
  const special = byCause(call, failure)
  if (special) return { ...special, ...about }
  switch (status) {
    case 400:
    case 413:
    case 422:
      return { class: 'Invalid', reason: 'Invalid', message: `${what} is not valid${said}`, ...about }
    case 415:
      return {
        class: 'Invalid',
        reason: 'UnsupportedPatch',
        message: `${called(call)} takes no strategic patches: write type: Merge, or JSON`,
        ...about,
      }
    case 401:
      return {
        class: 'Transient',
        reason: 'Unauthorized',
        message: `the API server does not accept ${caller === 'Rota' ? "Rota's credentials" : 'your credentials: log in again'}`,
        ...about,
      }
    case 403:
      return { class: 'Refused', ...refusal(call, body?.message ?? '', caller), ...about }
    case 409:
      return {
        class: 'Conflict',
        reason: 'Conflict',
        message: `${called(call)} was changed by others meanwhile`,
        ...about,
      }
    case 410:
      return { class: 'Transient', reason: 'Expired', message: `${what} took too long to page through`, ...about }
    case 429:
      return { class: 'Transient', reason: 'TooManyRequests', message: 'the API server is busy (429)', ...about }
    default:
      return {
        class: status >= 500 ? 'Transient' : 'Unknown',
        reason: status >= 500 ? 'ServerError' : 'Unknown',
        message: `${what} failed with HTTP ${status}`,
        ...about,
      }
  }
}

const FINAL: ReadonlySet<number> = new Set([400, 403, 422])

function notFound(call: Call, failure: Failure): Fault {
  const what = whatIsMissing(call, failure)
  switch (what) {
    case 'Object':
      return { class: 'Gone', reason: 'NotFound', message: `${called(call)} does not exist` }
    case 'Namespace':
      return { class: 'Gone', reason: 'NamespaceNotFound', message: `namespace ${call.namespace} does not exist` }
    case 'Kind':
      // It may be served as another version, or again in a moment: of no object this is the end.
      return { class: 'Transient', reason: 'NotFound', message: `${placed(call)} is not served by the API server` }
    default:
      return notTheApiServer(`${call.verb} ${called(call)}`, failure.status)
  }
}

/**
 * What a 404 of the API server says is not there. `undefined` for any other 404: what stands in between (a load balancer,
 * a gateway) answers it with anything, and it must not pass for the end of an object.
 */
function whatIsMissing(call: Call, { body, text }: Failure): 'Object' | 'Namespace' | 'Kind' | undefined {
  const isStatus = body?.kind === 'Status' && body.reason === 'NotFound'
  const { kind, name } = (isStatus && body.details) || {}
  if (kind === undefined) return isStatus || text?.trim() === NO_SUCH_PATH ? 'Kind' : undefined
  if (kind === 'namespaces' && name === call.namespace && call.resource !== kind) return 'Namespace'
  // Not its group: Events are kept under another one than they are asked for in.
  if (kind !== /^[^./]*/.exec(call.resource)?.[0]) return undefined
  return call.target === undefined || call.target.name === name ? 'Object' : undefined
}

/** Of a group or version that the API server does not have. */
const NO_SUCH_PATH = '404 page not found'

function notTheApiServer(what: string, status: number): Fault {
  const message = `${what} failed with HTTP ${status}, which is not an answer of the API server: see what stands before it`
  return { class: 'Transient', reason: 'ServerError', message }
}

const NOT_APPLICABLE = /^failed to (create typed patch object|convert new object) /

const NO_REPLICAS = /the spec replicas field "[^"]*" does not exist/

/** Answers whose status code alone would mislead. */
function byCause(call: Call, { status, body }: Failure): Fault | undefined {
  const causes = body?.details?.causes ?? []
  const has = (reason: string) => causes.filter(cause => cause.reason === reason)
  const { namespace } = call
  if (has('NamespaceTerminating').length > 0) {
    return { class: 'Gone', reason: 'NamespaceTerminating', message: `namespace ${namespace} is being deleted` }
  }
  const conflicts = has('FieldManagerConflict')
  if (conflicts.length > 0) {
    // `conflict with "helm" using apps/v1`
    const managers = [...new Set(conflicts.map(({ message = '' }) => /"([^"]*)"/.exec(message)?.[1] ?? 'somebody'))]
    const fields = conflicts.map(({ field = '' }) => field.replace(/^[.]/, '')).filter(Boolean)
    const manage = managers.length === 1 ? 'manages' : 'manage'
    const message = `${called(call)}: ${listed(managers)} ${manage} ${listed(fields)}: leave that out of the manifest`
    return { class: 'Invalid', reason: 'FieldManagerConflict', message }
  }
  // Another object of the same name: what was seen is gone.
  if (status === 422 && causes.some(({ field }) => field === 'metadata.uid')) {
    return { class: 'Conflict', reason: 'Conflict', message: `${called(call)} was replaced by others meanwhile` }
  }
  // Server-side apply of what its kind cannot hold; it never gets better.
  if (status === 500 && body?.message && NOT_APPLICABLE.test(body.message)) {
    return {
      class: 'Invalid',
      reason: 'Invalid',
      message: `${called(call)} is not valid: ${wordsOf(call.resource, body.message)}`,
    }
  }
  // Of a scale subresource; it never gets better by itself.
  if (status === 500 && body?.message && NO_REPLICAS.test(body.message)) {
    return { class: 'Invalid', reason: 'NoReplicas', message: `${called(call)}: its number of replicas is not set` }
  }
  return undefined
}

export function unreachable(call: Call, error: unknown): Fault {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const message = `the API server did not answer (${call.verb} ${called(call)}): ${cut(messageOf(cause), 200)}`
  return { class: 'Transient', reason: 'Unreachable', message, ...(call.target && { target: call.target }) }
}

type Refusal = Pick<Fault, 'reason' | 'message' | 'remedy'>

/** Verb, resource and account, and what would allow it: to the account, or to the caller. */
function refusal(call: Call, said: string, caller: Caller): Refusal {
  const { as, verb, resource, namespace, purpose, target } = call
  const reason = 'Forbidden'
  // The words of the RBAC authorizer; policies and webhooks say what they like, but never begin like this.
  const denied = / is forbidden: User ".*?" cannot (\S+) /.exec(said)?.[1]
  if (!as && caller === 'Rota')
    return { reason, message: `Rota itself may not ${verb} ${called(call)}: its role is incomplete` }
  if (denied === undefined) {
    const message = `${verb} ${called(call)} was refused at admission${said && `: ${inShort(said)}`}`
    return { reason: 'AdmissionRefused', message }
  }
  if (!as) return { reason, message: `you may not ${denied} ${called(call)}` }
  const account = `ServiceAccount ${as.namespace}/${as.name}`
  if (denied.startsWith('impersonate')) return impersonation(call, denied, account, caller)
  // An apply is a patch, and may be refused because it would create.
  const missing = { account: as, verb: denied, resource, ...(namespace !== undefined && { namespace }) }
  return {
    reason,
    message: `${account} may not ${denied} ${target?.kind.cluster ? called(call) : placed(call)}`,
    ...(purpose && { remedy: purpose.remedy(missing) }),
  }
}

/** Whatever the account may: the caller may not do it in its name. */
function impersonation(call: Call, denied: string, account: string, caller: Caller): Refusal {
  const { as, verb, resource, purpose } = call
  const reason = 'ImpersonationForbidden'
  if (caller === 'You') return { reason, message: `you may not ${verb} ${resource} in the name of ${account}` }
  if (!denied.startsWith('impersonate-on:')) {
    // The classic verb is asked for by clusters that know no other.
    const file = denied === 'impersonate' ? 'classic' : 'impersonation.yaml'
    const message = `Rota's own account may not act as ${account}`
    return { reason, message, remedy: `kubectl apply -f deploy/rbac/${file}` }
  }
  return {
    reason,
    message: `Rota's own account may not ${verb} ${resource} in the name of others, whatever ${account} may`,
    ...(purpose && as && { remedy: purpose.permission({ account: as, verb, resource }) }),
  }
}

function placed({ resource, namespace }: Call): string {
  return namespace === undefined ? resource : `${resource} in namespace ${namespace}`
}

function called(call: Call): string {
  if (!call.target) return placed(call)
  const { kind, namespace, name } = call.target
  return kind.cluster ? `${kind.kind} ${name}` : `${kind.kind} ${namespace}/${name}`
}
