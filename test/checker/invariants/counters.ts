import type { Status } from '../../../src/api/task.ts'
import { claimIn, type Step, stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'
import { newEntries } from './one-outcome.ts'

/** 4: `runCount` counts claims, `errorCount` what failed or timed out, `missedCount` missed slots; none ever goes back. */
export const counters: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(step =>
      [...counted(step)].map(message => ({
        invariant: 4,
        about: life.key,
        message: `${message} (version ${step.after.revision})`,
      })),
    ),
  )

function* counted(step: Step): Generator<string> {
  const grown = (name: 'runCount' | 'errorCount' | 'missedCount') =>
    count(step.after.task.status, name) - count(step.before.task.status, name)
  const claims = claimIn(step) ? 1 : 0
  if (grown('runCount') !== claims) yield `runCount grew by ${grown('runCount')} with ${claims} claims`
  for (const name of ['errorCount', 'missedCount'] as const) if (grown(name) < 0) yield `${name} went back`
  if (step.after.task.spec.historyLimit === 0) return
  const entries = newEntries(step)
  const failures = entries.filter(({ result }) => result === 'Failed' || result === 'TimedOut').length
  if (grown('errorCount') !== failures) yield `errorCount grew by ${grown('errorCount')} with ${failures} failures`
  const missed = entries.filter(({ result }) => result === 'Missed').reduce((sum, { count = 1 }) => sum + count, 0)
  if (grown('missedCount') !== missed) yield `missedCount grew by ${grown('missedCount')} with ${missed} missed slots`
}

function count(status: Status | undefined, name: 'runCount' | 'errorCount' | 'missedCount'): number {
  return status?.[name] ?? 0
}
