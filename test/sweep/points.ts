import { isWatch, type Passing } from '../harness/proxy.ts'

/** What a fault can strike: a request of the operator, or a line of what it watches. */
export type Point = 'write' | 'read' | 'lease' | 'watch' | 'event'

export type Counts = Readonly<Record<Point, number>>

export const NOTHING: Counts = { write: 0, read: 0, lease: 0, watch: 0, event: 0 }

export function pointOf(request: Passing): Point {
  if (isWatch(request)) return 'watch'
  if (request.url.includes('/leases')) return 'lease'
  return request.method === 'GET' ? 'read' : 'write'
}
