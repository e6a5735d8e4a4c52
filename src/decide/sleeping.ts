import { USUAL_SLEEPERS } from '../api/kinds.ts'
import type { Status } from '../api/task.ts'
import { type Instant, rfc3339 } from '../lib/instant.ts'
import { isDryRun } from './dry-run.ts'
import type { Ending } from './events.ts'
import type { RunRef } from './run.ts'
import type { Task } from './task.ts'

/** The status holds no more kinds and namespaces; two specs name fewer. */
const MOST_KINDS = 32
export const MOST_ASLEEP = 100

type Sleeping = NonNullable<Status['sleeping']>

/** Whether a run may put something to sleep. */
export function fallsAsleep(task: Task, { operation, namespaces }: Pick<RunRef, 'operation' | 'namespaces'>): boolean {
  return operation === 'sleep' && namespaces.length > 0 && !isDryRun(task, 'sleep')
}

/** At the claim of a sleep: these namespaces may have something asleep from now on, also of the kinds that only it names. */
export function fallingAsleep(
  before: Sleeping | undefined,
  namespaces: readonly string[],
  kinds: readonly string[],
  now: Instant,
): Sleeping {
  const all = [...new Set([...(before?.namespaces ?? []), ...namespaces])].sort()
  const unusual = [...new Set([...(before?.kinds ?? []), ...kinds])]
    .filter(kind => !USUAL_SLEEPERS.includes(kind))
    .slice(0, MOST_KINDS)
    .sort()
  return {
    ...before,
    since: before?.since ?? rfc3339(now),
    namespaces: all,
    workloads: before?.workloads ?? 0,
    ...(unusual.length > 0 && { kinds: unusual }),
  }
}

/** After a sleep of these namespaces: a successful one that found nothing to put to sleep leaves nothing to wake there. */
export function afterSleep(
  before: Sleeping | undefined,
  namespaces: readonly string[],
  end: Ending,
): Sleeping | undefined {
  if (!before || !end.asleep) return before
  const { cpuMillicores: _cpu, memoryBytes: _memory, ...rest } = before
  const { workloads, cpuMillicores, memoryBytes } = end.asleep
  const requests = { ...(cpuMillicores > 0 && { cpuMillicores }), ...(memoryBytes > 0 && { memoryBytes }) }
  const after = { ...rest, workloads, ...requests }
  return end.result === 'Succeeded' && workloads === 0 ? without(after, namespaces) : after
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
