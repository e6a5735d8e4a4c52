import type { Spec } from '../../../src/api/task.ts'
import { isSlot } from '../../builders/minute-oracle.ts'
import { claimIn, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

/** 2: what a schedule starts stands at a time that the schedule names in its zone, also when the clocks are set there. */
export const slotsOfItsSchedule: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(step => {
      const run = claimIn(step)
      const { spec } = step.after.task
      // A wake may follow from an edit, and has no slot then; @daily and its like are words of their own.
      if (run?.reason !== 'Schedule' || run.operation === 'wake' || !spec.schedule || spec.schedule.startsWith('@')) {
        return []
      }
      if (isSlot(withoutHash(spec.schedule), zoneOf(spec), Date.parse(run.slotTime), spec.daylightSaving)) return []
      const message = `run ${run.id} of ${run.slotTime}: '${spec.schedule}' in ${zoneOf(spec)} names another time (version ${step.after.revision})`
      return [{ invariant: 2, about: life.key, message }]
    }),
  )

function zoneOf({ timeZone }: Partial<Spec>): string {
  return timeZone ?? 'UTC'
}

/** What a hash has picked may be any value of its field: which, is for the tests of the schedule to say. */
function withoutHash(schedule: string): string {
  const all = ['0-59', '0-23', '1-31', '1-12', '0-6']
  const fields = schedule
    .split(' ')
    .map((field, n) =>
      field.replaceAll(/(?<=^|,)H(\([^)]*\))?(\/\d+)?(?=,|$)/g, (_, _range, step) => (step ? '*/1' : (all[n] ?? ''))),
    )
  return fields.join(' ')
}
