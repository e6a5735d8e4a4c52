import type { ScheduledTask, Spec, Status } from '../../src/api/task.ts'
import { fold } from '../../src/decide/fold.ts'
import { type Task, taskOf } from '../../src/decide/task.ts'
import { HOUR, type Instant, rfc3339 } from '../../src/lib/instant.ts'
import { BOUNDS, ran, task } from '../builders/task.ts'

/** Long ago, and long enough apart: these runs only fill histories. */
const FIRST_NIGHT = Date.parse('2026-01-06T03:00:00Z')
const NIGHTS = 10

/** What a task that has restarted something each night carries in its status. */
function grown(): Status {
  const before = task({ spec: { schedule: '0 3 * * *', operation: { restart: { kinds: ['Deployment'] } } } })
  const nights = Array.from({ length: NIGHTS }, (_, n) => rfc3339(FIRST_NIGHT + n * 24 * HOUR))
  return nights.reduce<Task>((task, night) => ran(task, night, { message: 'restarted 1 Deployment' }), before).status
}

const { history, runCount, errorCount, missedCount, lastResult, lastMessage } = grown()

/** A status of typical size, as the controller would have it by now: there is nothing in it for Rota to put right. */
export function typicalStatus(object: ScheduledTask, now: Instant): Status {
  const status = { ...fold(taskOf(object, BOUNDS), [], now), history, runCount, errorCount, missedCount }
  return { ...status, lastResult, lastMessage } as Status
}

/** A run that changes nothing: it lists the Deployments of a namespace, of which there may be none. Its own writes remain. */
export function restarting(schedule: string | undefined, more: Partial<Spec> = {}): Partial<Spec> {
  return {
    ...(schedule !== undefined && { schedule }),
    serviceAccountName: 'default',
    operation: { restart: { kinds: ['Deployment'] } },
    ...more,
  }
}
