import type { Container, PodSpec, Requests } from '../item.ts'
import { quantity } from './quantity.ts'

export interface PodRequests {
  readonly cpuMillicores: number
  readonly memoryBytes: number
}

/** What the scheduler counts for one pod of a template: as the documentation of init and sidecar containers has it. */
export function podRequests(spec: PodSpec = {}): PodRequests {
  return {
    cpuMillicores: Math.round(1000 * requested(spec, 'cpu')),
    memoryBytes: Math.round(requested(spec, 'memory')),
  }
}

function requested({ containers = [], initContainers = [], overhead, resources }: PodSpec, resource: string): number {
  const extra = of(overhead, resource)
  const ofPod = resources?.requests?.[resource]
  if (ofPod !== undefined) return quantity(ofPod) + extra
  let sidecars = 0
  let starting = 0
  for (const container of initContainers) {
    const own = of(container.resources?.requests, resource)
    // A sidecar goes on running beside all that comes after it.
    if (isSidecar(container)) sidecars += own
    starting = Math.max(starting, isSidecar(container) ? sidecars : sidecars + own)
  }
  const running = containers.reduce((sum, { resources: { requests } = {} }) => sum + of(requests, resource), sidecars)
  return Math.max(starting, running) + extra
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always'
}

function of(requests: Requests | undefined, resource: string): number {
  return quantity(requests?.[resource])
}
