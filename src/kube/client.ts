import type { Emit } from '../api/facts.ts'
import { FaultError } from '../api/fault.ts'
import { FIELD_MANAGER } from '../api/names.ts'
import type { Account } from '../execution/ports.ts'
import type { Clock } from '../lib/clock.ts'
import type { Connection } from './connection.ts'
import { type Call, type Failure, faultOf, unreachable } from './fault.ts'

/** No request may hang longer: the API server itself gives up after a minute. */
const REQUEST_TIMEOUT = 30_000

export interface Request extends Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly as?: Account
  readonly signal?: AbortSignal
}

/** The one way to the API server. Every call is bounded in time, can be aborted, and is counted. */
export class Client {
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #emit: Emit
  /** Milliseconds that this clock is ahead of the API server's, by the last answer. */
  #ahead = 0

  constructor(connection: Connection, clock: Clock, emit: Emit) {
    this.#connection = connection
    this.#clock = clock
    this.#emit = emit
  }

  get aheadMilliseconds(): number {
    return this.#ahead
  }

  /** @throws FaultError; or what the signal was aborted with */
  async request<T>(request: Request): Promise<T> {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT)
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout
    const started = performance.now()
    let code = '<error>'
    try {
      const answer = await this.#send(request, signal)
      code = String(answer.statusCode)
      const text = await answer.body.text()
      this.#compareClocks(answer.headers['date'])
      if (answer.statusCode < 300) return JSON.parse(text) as T
      throw new FaultError(faultOf(request, failure(answer.statusCode, answer.headers['retry-after'], text)))
    } catch (error) {
      if (error instanceof FaultError) throw error
      request.signal?.throwIfAborted()
      throw new FaultError(unreachable(request, error))
    } finally {
      this.#emit({ fact: 'Requested', method: request.method, code, seconds: (performance.now() - started) / 1000 })
    }
  }

  /** A watch: the lines of a body that stays open. @throws FaultError; or what the signal was aborted with */
  async *lines(request: Request & { readonly signal: AbortSignal }): AsyncGenerator<string> {
    let text = ''
    try {
      const answer = await this.#send(request, request.signal, this.#connection.watches)
      if (answer.statusCode >= 300) {
        const body = await answer.body.text()
        throw new FaultError(faultOf(request, failure(answer.statusCode, answer.headers['retry-after'], body)))
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
    }
  }

  async #send(request: Request, signal: AbortSignal, dispatcher = this.#connection.requests) {
    const { method, path, body, as } = request
    const query = new URLSearchParams({ ...(method !== 'GET' && { fieldManager: FIELD_MANAGER }), ...request.query })
    const url = new URL(`${this.#connection.url}${path}`)
    return dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}?${query}`,
      method,
      signal,
      headers: {
        ...(await this.#connection.headers()),
        accept: 'application/json',
        'user-agent': 'rota',
        ...(body !== undefined && { 'content-type': CONTENT_TYPES[method] }),
        // Impersonate-User alone: the API server adds the groups of a ServiceAccount itself.
        ...(as && { 'impersonate-user': `system:serviceaccount:${as.namespace}:${as.name}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  #compareClocks(date: string | string[] | undefined): void {
    const server = typeof date === 'string' ? Date.parse(date) : Number.NaN
    if (!Number.isNaN(server)) this.#ahead = this.#clock.now() - server
  }
}

const CONTENT_TYPES = {
  GET: 'application/json',
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/merge-patch+json',
}

function failure(status: number, retryAfter: string | string[] | undefined, text: string): Failure {
  let body: Failure['body']
  try {
    body = JSON.parse(text) as Failure['body']
  } catch {
    // A proxy in between, or a body that was cut off: the status code has to do.
  }
  return { status, retryAfter: Number(retryAfter) || 0, ...(body && { body }) }
}
