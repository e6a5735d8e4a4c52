import type { Status } from '../api/task.ts'
import { HOUR, type Instant, instantOf, rfc3339 } from '../lib/instant.ts'

const GIB = 2 ** 30

/** What sleeping has saved by now: what sleeps, times the time since it was last counted. */
export function saved({ sleeping, saved: before }: Status, now: Instant): Status['saved'] {
  const { cpuMillicores = 0, memoryBytes = 0, since } = sleeping ?? {}
  if (cpuMillicores === 0 && memoryBytes === 0) return before
  const from = Math.max(instantOf(since) ?? now, instantOf(before?.countedUntil) ?? 0)
  const hours = Math.max(0, now - from) / HOUR
  return {
    cpuCoreHours: sum(before?.cpuCoreHours, (cpuMillicores / 1000) * hours),
    memoryGiBHours: sum(before?.memoryGiBHours, (memoryBytes / GIB) * hours),
    countedUntil: rfc3339(now),
  }
}

function sum(before: string | undefined, more: number): string {
  return (Number(before ?? 0) + more).toFixed(6)
}
