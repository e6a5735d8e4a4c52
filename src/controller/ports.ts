import type { ScheduledTask, Status } from '../api/task.ts'
import type { Task } from '../decide/task.ts'

/** What the controller needs of the API server for the tasks themselves, in Rota's own name. */
export interface Tasks {
  /** @throws FaultError; Conflict when the resourceVersion is no longer the task's, Gone when the task is. */
  writeStatus(task: Task, status: Status): Promise<ScheduledTask>
  /** @throws FaultError, likewise */
  writeFinalizers(task: Task, finalizers: readonly string[]): Promise<ScheduledTask>
  /** `undefined` when there is none. @throws FaultError */
  read(namespace: string, name: string): Promise<ScheduledTask | undefined>
}
