import { claimIn, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

/** 2: creating, editing and unsuspending fire nothing for the past: slots count from then on. */
export const nothingForThePast: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(step => {
      const [then, now] = [step.before.task.status?.schedule, step.after.task.status?.schedule]
      const run = claimIn(step)
      const version = `(version ${step.after.revision})`
      const say = (message: string) => [{ invariant: 2, about: life.key, message: `${message} ${version}` }]
      if (then && now && then.key !== now.key && Date.parse(now.since) <= Date.parse(then.since)) {
        return say(`another schedule is in force, and slots still count from ${now.since} on`)
      }
      const isTooOld = run?.reason === 'Schedule' && now && Date.parse(run.slotTime) <= Date.parse(now.since)
      return isTooOld && run.operation !== 'wake'
        ? say(`the slot of ${run.slotTime} ran; slots count from ${now.since} on`)
        : []
    }),
  )
