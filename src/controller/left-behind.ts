import type { ActiveRun } from '../api/task.ts'
import type { StatusEvent } from '../decide/events.ts'
import type { Task } from '../decide/task.ts'
import { endLeftovers } from '../execution/leftovers.ts'
import { leftoversOf } from '../operations/registry.ts'
import { remedies } from '../operations/remedy.ts'
import { accountOf, contextOf } from '../runs/prepare.ts'
import type { ControllerParts } from './parts.ts'

/**
 * Before the end of a run is written, in whichever process that is: what must not outlive it is taken away. The spec may
 * be another one by now, so it is not asked.
 * @returns the message of the run, with what could not be taken away
 */
export async function withoutLeftovers(
  parts: Pick<ControllerParts, 'clock' | 'targets' | 'seesAll' | 'store'>,
  task: Task,
  run: ActiveRun,
  message: string,
  stop: AbortSignal,
): Promise<string> {
  const leftovers = leftoversOf(run.operation)
  if (!leftovers) return message
  const purpose = await remedies(run.operation, [])
  const context = contextOf(parts, task, run, 0)
  const calls = (signal: AbortSignal) => parts.targets.as(accountOf(task), purpose, signal)
  const open = await endLeftovers(leftovers, context, calls, parts.clock, stop)
  // What the run failed by may be what keeps us from looking.
  return open === undefined || message.includes(open) ? message : `${message}; left behind: ${open}`
}

/** The end of a run that nobody works on here: what it left behind ends before it. */
export async function tidied(
  parts: ControllerParts,
  task: Task,
  events: readonly StatusEvent[],
  signal: AbortSignal,
): Promise<readonly StatusEvent[]> {
  const run = task.status.activeRun
  if (!run) return events
  const all = events.map(async event => {
    if (event.event !== 'Ended') return event
    return { ...event, message: await withoutLeftovers(parts, task, run, event.message, signal) }
  })
  return Promise.all(all)
}
