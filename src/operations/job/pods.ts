import { listed } from '../../lib/text.ts'
import type { Item } from '../item.ts'

type ContainerStatus = NonNullable<NonNullable<Item['status']>['containerStatuses']>[number]

/** The one that was made last. */
export function newest(pods: readonly Item[]): Item | undefined {
  const made = ({ metadata }: Item) => metadata.creationTimestamp ?? ''
  return pods.toSorted((a, b) => (made(a) < made(b) ? 1 : -1))[0]
}

/** The container whose log tells most: the one that failed, else the one that kubectl would take. */
export function loggedContainer(pod: Item): string | undefined {
  const failed = containersOf(pod).find(({ state }) => state?.terminated && state.terminated.exitCode !== 0)
  return (
    failed?.name ??
    pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ??
    pod.spec?.containers?.[0]?.name
  )
}

/** `exit code 137 (OOMKilled)`; what became of the pods themselves where no container has failed. */
export function exits(pods: readonly Item[]): string {
  const codes = pods.flatMap(containersOf).flatMap(({ state }) => {
    const { exitCode = 0, reason } = state?.terminated ?? {}
    if (exitCode === 0) return []
    return [reason === undefined || reason === 'Error' ? `${exitCode}` : `${exitCode} (${reason})`]
  })
  if (codes.length > 0) return `exit code ${listed([...new Set(codes)])}`
  const reasons = pods.flatMap(({ status }) => (status?.phase === 'Failed' && status.reason ? [status.reason] : []))
  return listed([...new Set(reasons)])
}

/** Why no pod of it runs; empty when there is no reason known. */
export function whyNotRunning(pods: readonly Item[]): string {
  const pod = newest(pods)
  if (!pod) return 'it has no pod yet'
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  if (unscheduled) return `its pod has no node: ${unscheduled.message ?? unscheduled.reason ?? 'no reason known'}`
  const stuck = containersOf(pod).find(
    ({ state }) => state?.waiting?.reason !== undefined && isStuck(state.waiting.reason),
  )
  if (!stuck?.state?.waiting) return ''
  const { reason, message } = stuck.state.waiting
  return `container ${stuck.name} does not start: ${[reason, message].filter(Boolean).join(', ')}`
}

/** All containers begin like this. */
function isStuck(reason: string): boolean {
  return reason !== 'ContainerCreating' && reason !== 'PodInitializing'
}

function containersOf({ status }: Item): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
}
