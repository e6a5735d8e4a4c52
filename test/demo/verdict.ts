import type { OperationName, ScheduledTask } from '../../src/api/task.ts'
import type { Happening } from './happenings.ts'

/** A line for each operation of a task that has not succeeded yet: which, and why not. */
export function shortfalls(tasks: readonly ScheduledTask[], happened: readonly Happening[]): readonly string[] {
  return tasks.flatMap(task => {
    const key = `${task.metadata.namespace}/${task.metadata.name}`
    const succeeded = happened.filter(({ task: of, result }) => of === key && result === 'Succeeded')
    const missing = wanted(task).filter(name => !succeeded.some(({ operation }) => operation === name))
    return missing.map(name => `${key}: ${name} has not succeeded: ${why(task)}`)
  })
}

/** What a task does by itself: a sleep with `wakeSchedule` is to wake as well. */
function wanted({ spec }: ScheduledTask): readonly OperationName[] {
  const names = Object.keys(spec.operation) as OperationName[]
  return spec.operation.sleep?.wakeSchedule ? [...names, 'wake'] : names
}

function why({ status, spec }: ScheduledTask): string {
  const stalled = status?.conditions?.find(({ type, status: is }) => type === 'Stalled' && is === 'True')
  const said = stalled?.message ?? status?.lastMessage ?? 'it has not run'
  const next = status?.nextRunTime ?? (spec.schedule ? 'unknown' : 'on request')
  return `${said} (phase ${status?.phase ?? 'unknown'}, next run ${next})`
}
