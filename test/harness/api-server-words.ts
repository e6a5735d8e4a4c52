import { STATUS_CODES } from 'node:http'
import type { Passing } from './proxy.ts'

const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

/** The Status with which the API server would refuse this request. */
export function statusFor(code: number, request: Pick<Passing, 'method' | 'url'>): string {
  const details = code === 404 ? notFound(request) : {}
  const message = STATUS_CODES[code]
  const words = { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure' }
  return JSON.stringify({ ...words, message, reason: REASONS[code], details, code })
}

const PATH = /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/([^/?]+))?(?:\/([^/?]+)(?:\/([^/?]+))?)?/

/** Nothing can be made in a namespace that there is not; of a list it is the kind that is missing. */
function notFound({ method, url }: Pick<Passing, 'method' | 'url'>): object {
  const [, group, namespace, kind, name] = PATH.exec(url) ?? []
  if (kind === undefined || method === 'POST') return { name: namespace, kind: 'namespaces' }
  return name === undefined ? {} : { name, kind, ...(group !== undefined && { group }) }
}
