import type { OperationName, Spec } from '../api/task.ts'
import { shortHash } from '../lib/hash.ts'
import { type Instant, instantOf, SECOND } from '../lib/instant.ts'
import { specKey } from './run.ts'
import type { Task } from './task.ts'

/** What a success stands for: the operation, and what its run depended on. */
export function successKey(operation: OperationName, spec: Spec): string {
  return shortHash(operation, specKey(spec))
}

/** Why a run on request or after others needs not be made: the last success is younger than `cacheSeconds`. */
export function cachedSuccess({ spec, operation, status }: Task, now: Instant): string | undefined {
  const last = instantOf(status.lastSuccessfulTime)
  if (spec.cacheSeconds === 0 || last === undefined) return undefined
  if (status.lastSuccessfulSpecKey !== successKey(operation, spec)) return undefined
  const seconds = Math.max(0, Math.floor((now - last) / SECOND))
  return seconds < spec.cacheSeconds
    ? `succeeded ${seconds} s ago, and spec.cacheSeconds is ${spec.cacheSeconds}`
    : undefined
}
