import type { HistoryEntry, Result, ScheduledTask } from '../../src/api/task.ts'

/** A run that has ended, for the log. */
export interface Happening {
  readonly task: string
  readonly time: string
  readonly result: Result
  readonly operation: HistoryEntry['operation']
  readonly says: string
}

/** Gives from each look at the tasks the runs that have ended since the one before, oldest first. */
export function happeningsSince(): (tasks: readonly ScheduledTask[]) => readonly Happening[] {
  const seen = new Set<string>()
  return tasks => {
    const fresh: Happening[] = []
    for (const task of tasks) {
      for (const [n, entry] of (task.status?.history ?? []).entries()) {
        const key = `${task.metadata.uid} ${entry.id} ${entry.operation} ${entry.startTime}`
        if (seen.has(key)) continue
        seen.add(key)
        fresh.push(happening(task, entry, n === 0))
      }
    }
    return fresh.sort((a, b) => a.time.localeCompare(b.time))
  }
}

function happening(task: ScheduledTask, entry: HistoryEntry, isNewest: boolean): Happening {
  const { namespace, name } = task.metadata
  const { operation, result, reason } = entry
  // A message stands in status for the newest run only.
  const message = isNewest ? task.status?.lastMessage : entry.error
  const done = message ?? `${operation}: ${entry.changed ?? 0} objects changed`
  const says = result === 'Succeeded' ? done : `${operation} ${result}: ${done}`
  return {
    task: `${namespace}/${name}`,
    time: entry.startTime ?? entry.slotTime,
    result,
    operation,
    says: reason === 'Request' ? `${says} (requested)` : says,
  }
}
