import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Task } from '../decide/task.ts'
import type { Api } from './ports.ts'
import type { TaskView } from './shapes.ts'
import { taskView } from './task-view.ts'

/** So many are made at once, in some milliseconds: meanwhile this process does nothing else, and it may be the leader. */
const AT_ONCE = 100

/** The views of tasks, of however many there are. @throws what the signal was aborted with */
export async function taskViews(api: Api, tasks: Iterable<Task>, signal: AbortSignal): Promise<TaskView[]> {
  const now = api.now()
  const views: TaskView[] = []
  for (const task of tasks) {
    if (views.length % AT_ONCE === AT_ONCE - 1) await othersTurn()
    signal.throwIfAborted()
    views.push(taskView(api.tasks, task, now))
  }
  return views
}
