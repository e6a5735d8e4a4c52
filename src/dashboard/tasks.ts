import type { TaskView, WatchEvent } from '../server/shapes.ts'

/** All tasks that the viewer may see, by their id. */
export type Tasks = ReadonlyMap<string, TaskView>

/** The tasks after what has happened, in order; the same ones if that is nothing. */
export function after(tasks: Tasks | undefined, events: readonly WatchEvent[]): Tasks | undefined {
  const changes = events.filter(({ type }) => type !== 'beat')
  if (changes.length === 0) return tasks
  let changed = new Map(tasks ?? [])
  for (const event of changes) {
    if (event.type === 'all') changed = new Map(event.tasks.map(task => [task.task_id, task]))
    if (event.type === 'put') changed.set(event.task.task_id, event.task)
    if (event.type === 'gone') changed.delete(event.task_id)
  }
  return changed
}
