import { isLastingWrite } from '../checker/evidence.ts'
import { until } from '../cluster/until.ts'
import { apiOf, pausedDeployment } from '../harness/api.ts'
import type { AuditEvent } from '../harness/audit.ts'
import { instantIn, trafficOf, type Write, writesOn } from './log.ts'
import { eachOf, type Stage } from './stage.ts'

/** What each Deployment has when it is awake. */
export const REPLICAS = 3
export const DEPLOYMENTS = 'deployments.apps'
export const IN_FLIGHT = 64

export function deploymentsPath(home: string): string {
  return `/apis/apps/v1/namespaces/${home}/deployments`
}

/** Deployments that can be put to sleep. */
export async function furnish(stage: Stage, home: string, count: number): Promise<void> {
  const api = await apiOf(stage.cluster)
  const numbers = Array.from({ length: count }, (_, n) => n)
  await eachOf(numbers, IN_FLIGHT, n => api.create('deployments', home, pausedDeployment(`app-${n}`, REPLICAS)))
}

interface Deployment {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation: number
  }
  readonly status?: { readonly observedGeneration?: number }
}

/** The Deployments once their controller has answered the last change of each: else its writes would conflict with ours. */
export async function settled(stage: Stage, home: string): Promise<readonly Deployment[]> {
  const about = { verb: 'list', resource: DEPLOYMENTS, path: deploymentsPath(home) } as const
  const look = () => stage.client.request<{ readonly items: readonly Deployment[] }>({ method: 'GET', ...about })
  const isSettled = ({ metadata, status }: Deployment) => status?.observedGeneration === metadata.generation
  const { items } = await until('the Deployments have settled', look, list => list.items.every(isSettled))
  return items
}

/** All Deployments of a namespace put to sleep, or woken. */
export interface Change {
  /** Milliseconds from when it was asked for until the last one was changed. */
  readonly took: number
  /** Milliseconds from the first write on until then. */
  readonly work: number
  /** Of who did it, leases apart. */
  readonly requests: number
}

export interface Night {
  readonly sleep: Change
  readonly wake: Change
}

/** What somebody made of it, and what that took. */
export interface Nights {
  readonly nights: readonly Night[]
  /** Bytes before the first one, and at the most. */
  readonly rest: number
  readonly most: number
}

/** What the user did of what the administrator has asked for at the beginning of this log. */
export function changeIn(log: readonly AuditEvent[], user: string, verb = 'patch'): Change {
  const asked = log.find(event => event.user.username === 'admin' && isLastingWrite(event))
  const writes = changesBy(log, user, verb)
  const last = lastOf(writes)
  return {
    took: last - instantIn(asked?.requestReceivedTimestamp ?? ''),
    work: last - firstOf(writes),
    requests: trafficOf(log, user).total,
  }
}

export function changesBy(log: readonly AuditEvent[], user: string, verb: string): readonly Write[] {
  return writesOn(
    log.filter(event => event.user.username === user),
    'deployments',
    verb,
  )
}

export function firstOf(writes: readonly Write[]): number {
  return Math.min(...writes.map(({ received }) => received))
}

export function lastOf(writes: readonly Write[]): number {
  return Math.max(...writes.map(({ answered }) => answered))
}
