/** What sleeps by one task. */
export interface Sleeper {
  readonly costCenter: string
  readonly cpuMillicores: number
  readonly memoryBytes: number
}

/** Cost centers that have a series of their own; whoever writes specs must not make any number of them. */
const MOST = 100
const REST = 'other'

/**
 * What does not run because it sleeps, by cost center: in cores and bytes. Beyond a hundred cost centers, by name, the rest
 * are one. Who has nothing asleep counts too, so that a series does not come and go with the night.
 */
export function savedByCostCenter(sleepers: Iterable<Sleeper>): ReadonlyMap<string, { cores: number; bytes: number }> {
  const all = Map.groupBy(sleepers, ({ costCenter }) => costCenter)
  const named = new Set([...all.keys()].sort().slice(0, MOST))
  const saved = new Map<string, { cores: number; bytes: number }>()
  for (const [costCenter, own] of all) {
    const label = named.has(costCenter) ? costCenter : REST
    const before = saved.get(label) ?? { cores: 0, bytes: 0 }
    saved.set(label, {
      cores: own.reduce((sum, { cpuMillicores }) => sum + cpuMillicores / 1000, before.cores),
      bytes: own.reduce((sum, { memoryBytes }) => sum + memoryBytes, before.bytes),
    })
  }
  return saved
}
