import type { ActiveRun } from '../../src/api/task.ts'
import type { TaskLife, TaskVersion } from './evidence.ts'

/** A run from its claim to the write that ended it, as the versions of its task tell it. */
export interface Run {
  readonly life: TaskLife
  readonly claim: TaskVersion
  readonly active: ActiveRun
  /** The first version without it; none while it is active. */
  readonly end?: TaskVersion
  /** `system:serviceaccount:<namespace>:<name>` */
  readonly account: string
}

/** Two versions that follow each other; the second one was written by Rota, on the first one. */
export interface Step {
  readonly before: TaskVersion
  readonly after: TaskVersion
}

/** Where Rota wrote, without what somebody else has written into the status by hand. */
export function stepsOf({ versions }: TaskLife): readonly Step[] {
  return versions.slice(1).flatMap((after, index) => {
    const before = versions[index] as TaskVersion
    return after.writer === 'Rota' ? [{ before, after }] : []
  })
}

export function activeIn({ task }: TaskVersion): ActiveRun | undefined {
  return task.status?.activeRun
}

/** Whether a step starts a run: another one than before, if there was one. */
export function claimIn({ before, after }: Step): ActiveRun | undefined {
  const now = activeIn(after)
  const then = activeIn(before)
  return now && (now.id !== then?.id || now.startTime !== then.startTime) ? now : undefined
}

export function runsOf(life: TaskLife): readonly Run[] {
  return stepsOf(life).flatMap(step => {
    const active = claimIn(step)
    if (!active) return []
    const { namespace } = step.after.task.metadata
    const end = life.versions.find(
      version =>
        version.revision > step.after.revision &&
        (activeIn(version)?.id !== active.id || activeIn(version)?.startTime !== active.startTime),
    )
    const account = `system:serviceaccount:${namespace}:${step.after.task.spec.serviceAccountName}`
    return [{ life, claim: step.after, active, account, ...(end && { end }) }]
  })
}
