import type { LeaseVersion } from '../evidence.ts'
import { activeIn, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

/**
 * 17: who claims a run, or takes it up, leads then. Processes are told apart by their identities, so this shows only where
 * each has one of its own; those without leases are not judged.
 */
export const onItsLease: Invariant = ({ tasks, leases }) => {
  const perName = [...Map.groupBy(leases, ({ name }) => name).values()]
  const identities = new Set(leases.map(identityOf))
  return tasks.flatMap(life =>
    stepsOf(life).flatMap(({ before, after }) => {
      const run = activeIn(after)
      // The owner of a run is the identity of a process, and a part of its own.
      const identity = run?.owner?.replace(/-[0-9a-f]{8}$/, '') ?? ''
      if (!run || run.owner === activeIn(before)?.owner || !identities.has(identity)) return []
      const leads = perName.some(versions => {
        const newest = versions.findLast(({ revision }) => revision < after.revision)
        return newest !== undefined && identityOf(newest) === identity
      })
      const message = `run ${run.id} was taken by ${run.owner}, which led no more (version ${after.revision})`
      return leads ? [] : [{ invariant: 17, about: life.key, message }]
    }),
  )
}

function identityOf({ holder }: LeaseVersion): string {
  return holder.replace(/_[^_]*$/, '')
}
