import type { Asleep } from '../../api/task.ts'
import type { Item } from '../item.ts'
import { isScaledObject, type Level } from '../shared/level.ts'
import { podRequests } from '../shared/pod-requests.ts'
import { scaledBy } from './chosen-for-sleep.ts'

/** An object that a task holds asleep, from and to which level. */
export interface Held {
  readonly item: Item
  readonly from: Level
  readonly to: Level
}

/** What does not run because of these. A CronJob requests nothing between its runs; a ScaledObject at least its minimum. */
export function asleepOf(held: readonly Held[], items: readonly Item[]): Asleep {
  let cpuMillicores = 0
  let memoryBytes = 0
  for (const { item, from, to } of held) {
    const scaled = isScaledObject(item)
    const off = scaled ? (item.spec?.minReplicaCount ?? 0) : typeof from === 'number' ? from - Number(to) : 0
    const pod = podRequests((scaled ? scaledBy(item, items) : item)?.spec?.template?.spec)
    cpuMillicores += off * pod.cpuMillicores
    memoryBytes += off * pod.memoryBytes
  }
  return { workloads: held.length, cpuMillicores, memoryBytes }
}
