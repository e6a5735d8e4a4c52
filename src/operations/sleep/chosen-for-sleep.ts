import type { Item } from '../item.ts'
import { isScaledObject, standsStill } from '../shared/level.ts'
import { type Choice, isExcluded, isWanted } from '../shared/selector.ts'

/**
 * What a sleep is about. A ScaledObject stands for the workload that it scales: it is chosen with it and excluded with
 * it, and the workload is then left to it. One that stands still, at what runs just then, would keep its workload asleep:
 * that one is left alone, and the workload sleeps itself.
 */
export function chosenForSleep(items: readonly Item[], choice: Choice): readonly Item[] {
  const isChosen = (item: Item) => {
    const both = [item, scaledBy(item, items)].filter(one => one !== undefined)
    return both.some(one => isWanted(one, choice)) && !both.some(one => isExcluded(one, choice))
  }
  const chosen = items.filter(item => isChosen(item) && !standsStill(item))
  const scaled = new Set(chosen.map(item => scaledBy(item, items)))
  return chosen.filter(item => !scaled.has(item))
}

/** The workload that a ScaledObject or an autoscaler scales. */
export function scaledBy(item: Item, items: readonly Item[]): Item | undefined {
  const target = item.spec?.scaleTargetRef
  if (!target) return undefined
  const {
    kind = 'Deployment',
    name,
    apiVersion = isScaledObject(item) && kind === 'Deployment' ? 'apps/v1' : '',
  } = target
  return items.find(
    other =>
      other.kind.kind === kind &&
      (apiVersion === '' || apiVersion.startsWith(`${other.kind.group}/`) || !apiVersion.includes('/')) &&
      other.metadata.name === name &&
      other.metadata.namespace === item.metadata.namespace,
  )
}
