import { claimIn, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

const FINALIZER = 'rota.dev/wake'

/** 10: before anything is put to sleep the task has its finalizer, so that it cannot go without waking it. */
export const finalizerFirst: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(step => {
      const run = claimIn(step)
      const { metadata, spec } = step.after.task
      const keeps =
        run?.operation === 'sleep' &&
        run.namespaces.length > 0 &&
        spec.operation.sleep?.onDelete !== 'Leave' &&
        !spec.dryRun
      if (!keeps || metadata.finalizers?.includes(FINALIZER)) return []
      const message = `run ${run.id} was claimed, and the task may go without waking what sleeps`
      return [{ invariant: 10, about: life.key, message }]
    }),
  )
