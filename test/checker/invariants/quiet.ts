import { isDeepStrictEqual } from 'node:util'
import type { Status } from '../../../src/api/task.ts'
import { stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** 16: no write changes nothing, nor nothing but when something is said to have happened. */
export const quiet: Invariant = ({ tasks }) =>
  tasks.flatMap(({ key, idle = [], ...life }) => {
    const say = (message: string) => ({ invariant: 16, about: key, message })
    const empty = idle.map(revision => say(`a write has left version ${revision} as it was`))
    const restless = stepsOf({ key, ...life })
      .filter(({ before, after }) => isOnlyLater(before.task.status, after.task.status))
      .map(({ after }) => say(`version ${after.revision} differs in times only`))
    return [...empty, ...restless]
  })

function isOnlyLater(before: Status | undefined, after: Status | undefined): boolean {
  const [then, now] = [lasting(before), lasting(after)]
  return !isDeepStrictEqual(then, now) && isDeepStrictEqual(timeless(then), timeless(now))
}

/** What comes next moves by itself, and tokens are the words of others. */
function lasting(status: Status | undefined): unknown {
  const {
    nextRunTime: _next,
    nextRuns: _runs,
    holdUntil: _hold,
    handled: _handled,
    schedule: _since,
    ...rest
  } = status ?? {}
  return rest
}

function timeless(value: unknown): unknown {
  if (typeof value === 'string') return INSTANT.test(value) ? 'some time' : value
  if (Array.isArray(value)) return value.map(timeless)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, timeless(part)]))
}
