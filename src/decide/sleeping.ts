import type { Status } from '../api/task.ts'
import { type Instant, rfc3339 } from '../lib/instant.ts'
import type { Ending } from './events.ts'

type Sleeping = NonNullable<Status['sleeping']>

/** At the claim of a sleep: these namespaces may have something asleep from now on. */
export function fallingAsleep(before: Sleeping | undefined, namespaces: readonly string[], now: Instant): Sleeping {
  const all = [...new Set([...(before?.namespaces ?? []), ...namespaces])].sort()
  return { since: before?.since ?? rfc3339(now), namespaces: all, workloads: before?.workloads ?? 0 }
}

/** After a sleep of these namespaces: a successful one that found nothing to put to sleep leaves nothing to wake there. */
export function afterSleep(
  before: Sleeping | undefined,
  namespaces: readonly string[],
  end: Ending,
): Sleeping | undefined {
  if (!before) return undefined
  const workloads = end.asleep ?? before.workloads
  return end.result === 'Succeeded' && workloads === 0 ? without(before, namespaces) : { ...before, workloads }
}

/** After a successful wake of these namespaces. */
export function afterWake(before: Sleeping | undefined, namespaces: readonly string[]): Sleeping | undefined {
  return without(before, namespaces)
}

export function without(before: Sleeping | undefined, namespaces: readonly string[]): Sleeping | undefined {
  if (!before) return undefined
  const rest = before.namespaces.filter(name => !namespaces.includes(name))
  return rest.length > 0 ? { ...before, namespaces: rest } : undefined
}
