import type { Fault, Target } from '../api/fault.ts'
import type { Account } from '../execution/ports.ts'
import { cut } from '../lib/text.ts'

/** What a call was about, for the message of its failure. */
export interface Call {
  /** The RBAC verb. */
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch'
  /** `deployments.apps`. */
  readonly resource: string
  readonly namespace?: string
  readonly target?: Target
  readonly as?: Account
  /** The operation that this is for: names the role that would allow it. */
  readonly purpose?: string
}

export interface Failure {
  readonly status: number
  /** Seconds. */
  readonly retryAfter: number
  /** A metav1.Status. */
  readonly body?: { readonly message?: string; readonly reason?: string }
}

/** What an answer of the API server that is no success means for a run. */
export function faultOf(call: Call, failure: Failure): Fault {
  const { status, retryAfter, body } = failure
  const what = `${call.verb} ${called(call)}`
  const about = { ...(call.target && { target: call.target }), ...(retryAfter > 0 && { retryAfter }) }
  const said = body?.message ? `: ${cut(body.message, 300)}` : ''
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return { class: 'Invalid', reason: 'Invalid', message: `${what} is not valid${said}`, ...about }
    case 401:
      return {
        class: 'Transient',
        reason: 'Unauthorized',
        message: "the API server does not accept Rota's credentials",
        ...about,
      }
    case 403:
      return { class: 'Refused', reason: 'Forbidden', ...refusal(call, body?.message ?? ''), ...about }
    case 404:
      return { class: 'Gone', reason: 'NotFound', message: `${called(call)} does not exist`, ...about }
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

export function unreachable(call: Call, error: unknown): Fault {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const text = cause instanceof Error ? cause.message : String(cause)
  const message = `the API server did not answer (${call.verb} ${called(call)}): ${cut(text, 200)}`
  return { class: 'Transient', reason: 'Unreachable', message, ...(call.target && { target: call.target }) }
}

/** Verb, resource and account, and what would allow it. */
function refusal(call: Call, said: string): Pick<Fault, 'message' | 'remedy'> {
  const { as, verb, resource, namespace, purpose } = call
  if (!as) return { message: `Rota itself may not ${verb} ${called(call)}: its role is incomplete` }
  const account = `ServiceAccount ${as.namespace}/${as.name}`
  // The words of the RBAC authorizer; policies and webhooks say what they like, but never begin like this.
  const denied = / is forbidden: User ".*?" cannot (\S+) /.exec(said)?.[1]
  if (denied?.startsWith('impersonate'))
    return { message: `Rota may not act as ${account}: its role lacks impersonation` }
  if (denied === undefined) {
    return { message: `${verb} ${called(call)} was refused at admission${said && `: ${cut(said, 300)}`}` }
  }
  // Accounts of several namespaces often have one name.
  const home = as.namespace === namespace ? '' : `${as.namespace}-`
  const binding = `kubectl create rolebinding ${home}${as.name}-${purpose} -n ${namespace}`
  return {
    message: `${account} may not ${verb} ${resource} in namespace ${namespace}`,
    remedy: `${binding} --clusterrole=rota:${purpose} --serviceaccount=${as.namespace}:${as.name}`,
  }
}

function called({ target, resource, namespace }: Call): string {
  if (target) return `${target.kind.kind} ${target.namespace}/${target.name}`
  return namespace === undefined ? resource : `${resource} in namespace ${namespace}`
}
