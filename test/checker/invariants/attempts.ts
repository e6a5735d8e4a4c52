import type { ActiveRun } from '../../../src/api/task.ts'
import type { TaskLife } from '../evidence.ts'
import { activeIn, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

/** 9: not more attempts than allowed, one after the other, and no pause shorter than asked for. */
export const attempts: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(({ before, after }) => {
      const [then, now] = [activeIn(before), activeIn(after)]
      if (!then || !now || then.id !== now.id || then.startTime !== now.startTime) return []
      const about = `of run ${now.id} (version ${after.revision})`
      const say = (message: string) => [{ invariant: 9, about: life.key, message: `${message} ${about}` }]
      const { delaySeconds = 0 } = after.task.spec.retry ?? {}
      const limit = mostAllowed(life, now)
      const pause = Date.parse(now.nextAttemptTime ?? now.startTime) - Date.parse(now.startTime)
      return [
        ...(now.attempt > then.attempt && now.attempt > limit ? say(`attempt ${now.attempt} of ${limit}`) : []),
        ...(now.attempt - then.attempt > 1 || now.attempt < then.attempt
          ? say(`attempt ${now.attempt} follows ${then.attempt}`)
          : []),
        ...(now.attempt > then.attempt && pause < (now.attempt - 1) * delaySeconds * 1000
          ? say(`attempt ${now.attempt} comes ${pause} ms after the start`)
          : []),
      ]
    }),
  )

/** An edit while the run is active may allow fewer than there are by then. */
function mostAllowed({ versions }: TaskLife, { id }: ActiveRun): number {
  const limits = versions
    .filter(version => activeIn(version)?.id === id)
    .flatMap(({ task }) => task.spec.retry?.attempts ?? [])
  return limits.length > 0 ? Math.max(...limits) : Number.POSITIVE_INFINITY
}
