import { DAEMON_SET, POD } from '../../api/kinds.ts'
import type { Reader, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { called, isDone } from './items.ts'
import { levelOf } from './level.ts'
import { listAll } from './observe.ts'
import { selects } from './selector.ts'

/**
 * Of what a run changed: workloads whose pods are not all there, new and ready. What is being deleted is not waited for;
 * what could not be looked at is not known to be so.
 */
export function notReady({ items, faults }: Seen, run: RunContext): readonly string[] {
  const open = items
    .filter(item => isDone(item, run) && item.metadata.deletionTimestamp === undefined)
    .flatMap(item => {
      const { wanted, ready } = readiness(item)
      if (wanted === undefined) return []
      return ready >= wanted && isObserved(item) ? [] : [`${called(item)} (${ready} of ${wanted} ready)`]
    })
  return [...faults.map(({ message }) => message), ...open]
}

/** As the status of a workload tells it: those that are ready and of the newest revision. */
function readiness(item: Item): { readonly wanted: number | undefined; readonly ready: number } {
  const { status = {}, scale } = item
  if (item.kind.kind === DAEMON_SET.kind) {
    const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberReady = 0 } = status
    return { wanted: desiredNumberScheduled, ready: Math.min(updatedNumberScheduled, numberReady) }
  }
  const wanted = levelOf(item)
  if (typeof wanted !== 'number') return { wanted: undefined, ready: 0 }
  if (scale) return { wanted, ready: scale.running }
  const { updatedReplicas = 0, readyReplicas = 0, replicas = 0 } = status
  // Old pods that are still there are not yet replaced.
  const surplus = Math.max(0, replicas - wanted)
  return { wanted, ready: Math.max(0, Math.min(updatedReplicas, readyReplicas) - surplus) }
}

function isObserved({ metadata, status, scale }: Item): boolean {
  return scale !== undefined || (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
}

/** Workloads with more pods than they sleep with, those counted that are on their way out. */
export async function stillRunning(
  held: readonly Item[],
  replicas: number,
  run: RunContext,
  read: Reader,
): Promise<readonly string[]> {
  const pods = await listAll(read, [POD], run)
  const unknown = pods.faults.map(({ message }) => message)
  const running = held.flatMap(item => {
    const left = podsOf(item, pods.items)
    return left > replicas ? [`${called(item)} (${left} of ${replicas} pods)`] : []
  })
  return [...unknown, ...running]
}

function podsOf(item: Item, pods: readonly Item[]): number {
  const { namespace } = item.metadata
  const matchLabels = item.spec?.selector?.matchLabels
  if (!matchLabels) return item.scale?.running ?? 0
  const own = pods.filter(pod => pod.metadata.namespace === namespace && selects({ matchLabels }, pod.metadata.labels))
  return own.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed').length
}
