import type { LeaseVersion } from '../evidence.ts'
import { activeIn, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

/**
 * 17: who claims a run, or takes it up, leads then. Processes are told apart by their identities, so only those are judged
 * that have competed for a lease with others of another identity.
 */
export const onItsLease: Invariant = ({ tasks, leases }) => {
  const contested = [...Map.groupBy(leases, ({ name }) => name).values()].filter(one => identitiesIn(one).size > 1)
  const identities = identitiesIn(contested.flat())
  return tasks.flatMap(life =>
    stepsOf(life).flatMap(({ before, after }) => {
      const run = activeIn(after)
      // The owner of a run is the identity of a process, and a part of its own.
      const identity = run?.owner?.replace(/-[0-9a-f]{8}$/, '') ?? ''
      if (!run || run.owner === activeIn(before)?.owner || !identities.has(identity)) return []
      const leads = contested.some(versions => {
        const newest = versions.findLast(({ revision }) => revision < after.revision)
        return newest !== undefined && identityOf(newest) === identity
      })
      const message = `run ${run.id} was taken by ${run.owner}, which led no more (version ${after.revision})`
      return leads ? [] : [{ invariant: 17, about: life.key, message }]
    }),
  )
}

function identitiesIn(leases: readonly LeaseVersion[]): ReadonlySet<string> {
  return new Set(leases.map(identityOf).filter(Boolean))
}

function identityOf({ holder }: LeaseVersion): string {
  return holder.replace(/_[^_]*$/, '')
}
