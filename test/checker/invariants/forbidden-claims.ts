import { claimIn, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

/** 15: a claim is written on the version that it was decided on; what that forbids is not claimed. */
export const forbiddenClaims: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(step => {
      const run = claimIn(step)
      if (!run) return []
      const { metadata, spec } = step.after.task
      const say = (message: string) => [
        { invariant: 15, about: life.key, message: `run ${run.id} (${run.operation}) was claimed ${message}` },
      ]
      if (metadata.deletionTimestamp && run.operation !== 'wake') return say('on a task that is being deleted')
      const isPlanned = run.reason !== 'Request' && run.operation !== 'wake'
      return spec.suspend && isPlanned ? say('on a suspended task') : []
    }),
  )
