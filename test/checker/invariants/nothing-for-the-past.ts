import type { TaskLife } from '../evidence.ts'
import { claimIn, type Step, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

/** `since` is in whole seconds: of two edits within one it does not move with the second one. */
const RESOLUTION = 1000

/** 2: creating, editing and unsuspending fire nothing for the past: slots count from then on. */
export const nothingForThePast: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(step => {
      const [then, now] = [step.before.task.status?.schedule, step.after.task.status?.schedule]
      const run = claimIn(step)
      const version = `(version ${step.after.revision})`
      const say = (message: string) => [{ invariant: 2, about: life.key, message: `${message} ${version}` }]
      const moved = now && then ? Date.parse(now.since) - Date.parse(then.since) : 0
      if (then && now && then.key !== now.key && (moved < 0 || (moved === 0 && !inHaste(life, step, now.since)))) {
        return say(`another schedule is in force, and slots still count from ${now.since} on`)
      }
      const isTooOld = run?.reason === 'Schedule' && now && Date.parse(run.slotTime) <= Date.parse(now.since)
      return isTooOld && run.operation !== 'wake'
        ? say(`the slot of ${run.slotTime} ran; slots count from ${now.since} on`)
        : []
    }),
  )

/** The schedule before this one was in force for less than a second, or slots counted for less than that when it was edited. */
function inHaste({ versions }: TaskLife, { before, after }: Step, since: string): boolean {
  const edited = versions.find(({ task }) => task.metadata.generation === after.task.metadata.generation) ?? after
  if (edited.received - Date.parse(since) < RESOLUTION) return true
  const { key } = before.task.status?.schedule ?? {}
  const last = versions.findLast(({ revision, task }) => {
    return revision < before.revision && task.status?.schedule?.key !== key
  })
  const first = versions.find(({ revision }) => revision > (last?.revision ?? 0)) ?? before
  return after.answered - first.answered < RESOLUTION
}
