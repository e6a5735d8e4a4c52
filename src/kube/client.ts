import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Emit } from '../api/facts.ts'
import { FaultError } from '../api/fault.ts'
import { FIELD_MANAGER } from '../api/names.ts'
import type { Flow } from '../execution/flow.ts'
import type { Account } from '../execution/ports.ts'
import type { Clock } from '../lib/clock.ts'
import { bounded, REQUEST_TIMEOUT } from './bounded.ts'
import type { Connection } from './connection.ts'
import { type Call, type Caller, type Failure, faultOf, unreachable } from './fault.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { ServerTime } from './server-time.ts'

export interface Request extends Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Of the body; a PATCH is a merge patch unless this says otherwise. */
  readonly contentType?: string
  readonly as?: Account
  /** It must not wait for other requests, however many there are. */
  readonly isUrgent?: true
  /** Ends it, wherever it is by then. */
  readonly signal?: AbortSignal
  /** What ends it in place of `signal` once it is under way: who takes back a write may find it carried out later. */
  readonly underWay?: AbortSignal
  /** Called when it is about to be sent. @throws when it must not be any more */
  readonly onTurn?: () => void
}

interface Watch extends Request {
  readonly query: Readonly<Record<string, string>> & { readonly timeoutSeconds: string }
  readonly signal: AbortSignal
}

interface ClientOptions {
  /** Limits the calls on targets, in the name of their accounts; without one nothing does. */
  readonly flow?: Flow
  /** Whose kubeconfig it is, for the words of a refusal. */
  readonly caller?: Caller
}

/** What is asked of the API server, by whomever: a model of it can answer too. */
export type Requests = Pick<Client, 'request' | 'text'>

/** The one way to the API server. Every call is bounded in time, can be aborted, and is counted. */
export class Client {
  readonly #connection: Connection
  readonly #server: ServerTime
  readonly #emit: Emit
  readonly #flow: Flow | undefined
  readonly #caller: Caller
  #inFlight = 0

  constructor(connection: Connection, clock: Clock, emit: Emit, { flow, caller = 'Rota' }: ClientOptions = {}) {
    this.#connection = connection
    this.#server = new ServerTime(clock)
    this.#emit = emit
    this.#flow = flow
    this.#caller = caller
  }

  /** How far this clock is ahead of the API server's. */
  get aheadMilliseconds(): number {
    return this.#server.ahead
  }

  /** @throws FaultError; or what the signal was aborted with */
  async request<T>(request: Request): Promise<T> {
    return JSON.parse(await this.text(request)) as T
  }

  /** An answer that is no JSON, as a log is. @throws FaultError; or what the signal was aborted with */
  async text(request: Request): Promise<string> {
    checkPath(request)
    const { as, signal } = request
    const call = async () => {
      request.onTurn?.()
      return this.#request(request)
    }
    return this.#flow && as && signal ? this.#flow.pass(call, signal) : call()
  }

  async #request(request: Request): Promise<string> {
    const stop = request.underWay ?? request.signal
    const bound = bounded(stop)
    const started = performance.now()
    this.#inFlight++
    let code = '<error>'
    let fault: FaultError | undefined
    try {
      const answer = await this.#send(request, bound.signal)
      code = String(answer.statusCode)
      const text = await answer.body.text()
      this.#compareClocks(answer.headers['date'])
      if (answer.statusCode < 300) return text
      fault = new FaultError(faultOf(request, failure(answer.statusCode, answer.headers, text), this.#caller))
      throw fault
    } catch (error) {
      if (fault) throw fault
      stop?.throwIfAborted()
      fault = new FaultError(unreachable(request, error))
      throw fault
    } finally {
      bound.end()
      const milliseconds = performance.now() - started
      this.#emit({ fact: 'Requested', method: request.method, code, seconds: milliseconds / 1000 })
      // What was aborted on purpose says nothing of the API server.
      if (fault || code !== '<error>')
        this.#flow?.ended({ milliseconds, inFlight: this.#inFlight, ...weightOf(request, fault) })
      this.#inFlight--
    }
  }

  /** A watch: the lines of a body that stays open for as many seconds. @throws FaultError; or what the signal was aborted with */
  async *lines(request: Watch): AsyncGenerator<string> {
    checkPath(request)
    let text = ''
    const bound = bounded(request.signal, Number(request.query.timeoutSeconds) * 1000 + REQUEST_TIMEOUT)
    try {
      const answer = await this.#send(request, bound.signal, this.#connection.watches)
      if (answer.statusCode >= 300) {
        const body = await answer.body.text()
        throw new FaultError(faultOf(request, failure(answer.statusCode, answer.headers, body), this.#caller))
      }
      this.#compareClocks(answer.headers['date'])
      const decoder = new TextDecoder()
      for await (const chunk of answer.body) {
        text += decoder.decode(chunk as Uint8Array, { stream: true })
        const lines = text.split('\n')
        text = lines.pop() ?? ''
        yield* lines
      }
    } catch (error) {
      if (error instanceof FaultError) throw error
      request.signal.throwIfAborted()
      throw new FaultError(unreachable(request, error))
    } finally {
      bound.end()
    }
  }

  async #send(request: Request, signal: AbortSignal, watches?: Dispatcher) {
    const { method, path, body, as, isUrgent, contentType = CONTENT_TYPES[method] } = request
    const own = isUrgent ? this.#connection.urgent : this.#connection.requests
    const dispatcher = watches ?? (as ? this.#connection.targets : own)
    const query = new URLSearchParams({ ...(WRITES.has(method) && { fieldManager: FIELD_MANAGER }), ...request.query })
    const url = new URL(`${this.#connection.url}${path}`)
    return dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}?${query}`,
      method,
      signal,
      headers: {
        ...(await this.#connection.headers()),
        accept: 'application/json, */*',
        'user-agent': 'rota',
        ...(body !== undefined && { 'content-type': contentType }),
        // Impersonate-User alone: the API server adds the groups of a ServiceAccount itself.
        ...(as && { 'impersonate-user': `system:serviceaccount:${as.namespace}:${as.name}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  #compareClocks(date: string | string[] | undefined): void {
    const server = typeof date === 'string' ? Date.parse(date) : Number.NaN
    if (!Number.isNaN(server)) this.#server.heard(server)
  }
}

/** Who owns which field is noted for these. */
const WRITES: ReadonlySet<Request['method']> = new Set(['POST', 'PUT', 'PATCH'])

const CONTENT_TYPES = {
  GET: 'application/json',
  DELETE: 'application/json',
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/merge-patch+json',
}

function weightOf({ method, as }: Request, error: FaultError | undefined) {
  const { reason, retryAfter = 0 } = error?.fault ?? {}
  const outcome = reason === 'TooManyRequests' ? 'Busy' : reason === 'Unreachable' ? 'Unreachable' : 'Answered'
  // Rota's own requests may wait for a socket here; those on targets never do.
  return { outcome, retryAfter, tellsLatency: as !== undefined && method !== 'GET' && error === undefined } as const
}

/** No name may lead a request to another place than the one that it was made for. @throws FaultError */
function checkPath({ path }: Request): void {
  if (!path.split('/').some(leadsElsewhere)) return
  throw new FaultError({ class: 'Invalid', reason: 'Invalid', message: `${path} is no path of the API server` })
}

/** The API server splits a path after it has decoded it: an encoded slash is one. */
function leadsElsewhere(part: string): boolean {
  return /^(\.|%2e){1,2}$|%(2f|25)/i.test(part)
}

function failure(status: number, headers: IncomingHttpHeaders, text: string): Failure {
  const { 'retry-after': retryAfter, date } = headers
  let body: Failure['body']
  try {
    body = JSON.parse(text) as Failure['body']
  } catch {
    // A proxy in between, or a body that was cut off: the status code has to do.
  }
  const answer = { status, retryAfter: retryAfterSeconds(String(retryAfter ?? ''), date) }
  return body ? { ...answer, body } : { ...answer, text }
}
