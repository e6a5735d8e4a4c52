import type { ActiveRun } from '../api/task.ts'
import type { Task } from '../decide/task.ts'
import { endLeftovers } from '../execution/leftovers.ts'
import { leftoversOf } from '../operations/registry.ts'
import { remedies } from '../operations/remedy.ts'
import { accountOf, contextOf } from '../runs/prepare.ts'
import type { ControllerParts } from './parts.ts'

/**
 * Before the end of a run is written, in whichever process that is: what must not outlive it is taken away. The spec may
 * be another one by now, so it is not asked.
 * @returns for the message of the run: what could not be taken away; empty when there is nothing
 */
export async function withoutLeftovers(
  parts: Pick<ControllerParts, 'clock' | 'targets' | 'seesAll' | 'store'>,
  task: Task,
  run: ActiveRun,
  stop: AbortSignal,
): Promise<string> {
  const leftovers = leftoversOf(run.operation)
  if (!leftovers) return ''
  const purpose = await remedies(run.operation, [])
  const context = { ...contextOf(parts, task, run, 0), changed: [] }
  const calls = (signal: AbortSignal) => parts.targets.as(accountOf(task), purpose, signal)
  const open = await endLeftovers(leftovers, context, calls, parts.clock, stop)
  return open === undefined ? '' : `; left behind: ${open}`
}
