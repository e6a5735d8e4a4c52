import type { ActiveRun, ScheduledTask } from '../../src/api/task.ts'
import type { TaskLife, TaskVersion } from './evidence.ts'

/** A run from its claim to the write that ended it, as the versions of its task tell it. */
export interface Run {
  readonly life: TaskLife
  readonly claim: TaskVersion
  readonly active: ActiveRun
  /** The versions that have it, the claim first. */
  readonly versions: readonly TaskVersion[]
  /** The first version without it; none while it is active. */
  readonly end?: TaskVersion
  /** That of its claim. */
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

/** `system:serviceaccount:<namespace>:<name>` */
export function accountIn({ metadata, spec }: ScheduledTask): string {
  return `system:serviceaccount:${metadata.namespace}:${spec.serviceAccountName}`
}

/** A failed wake that is tried again has the same id, and another start. */
export function isSameRun(a: ActiveRun | undefined, b: ActiveRun | undefined): boolean {
  return a?.id === b?.id && a?.startTime === b?.startTime
}

/** Whether a step starts a run: another one than before, if there was one. */
export function claimIn({ before, after }: Step): ActiveRun | undefined {
  const now = activeIn(after)
  return now && !isSameRun(now, activeIn(before)) ? now : undefined
}

/** The run that is active before a step and after it. */
export function ongoingIn({ before, after }: Step): { readonly then: ActiveRun; readonly now: ActiveRun } | undefined {
  const [then, now] = [activeIn(before), activeIn(after)]
  return then && now && isSameRun(then, now) ? { then, now } : undefined
}

/** In the order of their claims. */
export function runsOf(life: TaskLife): readonly Run[] {
  const runs: Run[] = []
  const { versions } = life
  for (let at = 1; at < versions.length; at++) {
    const [before, claim] = [versions[at - 1] as TaskVersion, versions[at] as TaskVersion]
    const active = claim.writer === 'Rota' ? claimIn({ before, after: claim }) : undefined
    if (!active) continue
    let next = at + 1
    while (next < versions.length && isSameRun(activeIn(versions[next] as TaskVersion), active)) next++
    const end = versions[next]
    const account = accountIn(claim.task)
    runs.push({ life, claim, active, versions: versions.slice(at, next), account, ...(end && { end }) })
    at = next - 1
  }
  return runs
}
