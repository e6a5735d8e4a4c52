import { STATUS_CODES } from 'node:http'
import type { Fault } from '../api/fault.ts'
import { FaultError } from '../api/fault.ts'
import { messageOf } from '../lib/text.ts'
import type { Problem } from './shapes.ts'

type Headers = Readonly<Record<string, string>>

/** An answer that is no success, in words for whoever asks. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Headers
  constructor(status: number, detail: string, headers: Headers = {}) {
    super(detail)
    this.status = status
    this.headers = headers
  }
}

/** What is said when the question itself cannot be understood. */
export function badRequest(detail: string): Refusal {
  return new Refusal(400, detail)
}

/** @param retryAfter seconds */
export function unavailable(detail: string, retryAfter = 1): Refusal {
  return new Refusal(503, detail, { 'retry-after': String(retryAfter) })
}

/** RFC 9457. */
export function problemAnswer(error: unknown): Response {
  const { status, message: detail, headers } = refusalFor(error)
  const body: Problem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail }
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  })
}

function refusalFor(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof FaultError) return ofFault(error.fault)
  return new Refusal(500, `this is a mistake of Rota's own: ${messageOf(error)}`)
}

/** What the API server said to the caller. */
function ofFault({ class: kind, reason, message, retryAfter = 1 }: Fault): Refusal {
  if (reason === 'Unauthorized') return unauthorized(message)
  switch (kind) {
    case 'Refused':
      return new Refusal(403, message)
    case 'Gone':
      return new Refusal(404, message)
    case 'Conflict':
      return new Refusal(409, message)
    case 'Invalid':
      return new Refusal(422, message)
    case 'Transient':
      return unavailable(message, Math.max(1, Math.ceil(retryAfter)))
    case 'Unknown':
      return new Refusal(502, message)
  }
}

export function unauthorized(detail: string): Refusal {
  return new Refusal(401, detail, { 'www-authenticate': 'Bearer' })
}
