import type { ActiveRun } from '../api/task.ts'
import { isDryRun } from '../decide/dry-run.ts'
import type { Task } from '../decide/task.ts'
import { attempt } from '../execution/attempt.ts'
import { finalFailure, type Outcome } from '../execution/outcome.ts'
import type { Calls } from '../execution/ports.ts'
import { faultSummary, summary } from '../execution/summary.ts'
import { verified } from '../execution/verify.ts'
import { SECOND } from '../lib/instant.ts'
import { chooseNamespaces } from '../runs/choose.ts'
import { accountOf, contextOf, limitsOf, operationOf, purposeOf } from '../runs/prepare.ts'
import type { Changes } from './changes.ts'
import type { Choices } from './choices.ts'
import type { Hand } from './hand.ts'
import type { ControllerParts } from './parts.ts'

interface Parts extends ControllerParts {
  readonly choices: Choices
  readonly changes: Changes
  /** Aborted when this process must let go of everything. */
  readonly stopping: AbortSignal
}

/** One attempt of the active run, as the task's account; and what comes after it in the name of that account. */
export async function attemptOf(
  parts: Parts,
  task: Task,
  run: ActiveRun,
  hand: Hand,
  timeoutSeconds: number,
  progress: (says: string) => void,
): Promise<Outcome> {
  const { clock, targets, discovery } = parts
  const operation = operationOf(task, run.operation)
  if (!operation) return finalFailure('InvalidSpec', `the spec has no operation ${run.operation}`)
  const account = accountOf(task)
  const purpose = await purposeOf(operation, discovery)
  const stop = hand.abort.signal
  if (run.namespaces.length === 0) return nowhere(parts, task, run, targets.as(account, purpose, stop))
  const context = contextOf(parts, task, run, timeoutSeconds)
  const deadline = new AbortController()
  const cancel = clock.at(clock.now() + timeoutSeconds * SECOND, () => deadline.abort())
  const dryRun = isDryRun(task, run.operation)
  const chosen = parts.choices.of(task, run.id)
  const outcome = await attempt({
    operation,
    run: context,
    account,
    purpose,
    targets,
    clock,
    stop,
    deadline: deadline.signal,
    letGo: parts.stopping,
    limits: limitsOf(task, run.operation),
    byLabel: task.spec.target?.namespaceSelector !== undefined,
    ...(chosen && 'left' in chosen && { left: chosen.left }),
    dryRun,
    earlier: parts.changes.of(task.key, run.id),
    changed: change => {
      if (dryRun) return
      const { target, says } = change
      parts.changes.add(task.key, run.id, change)
      const called = `${target.namespace}/${target.kind.kind}/${target.name}`
      const about = { task: task.key, run: run.id, operation: run.operation }
      parts.emit({ fact: 'Changed', ...about, kind: target.kind.kind, target: called, says })
    },
    progress,
  }).finally(cancel)
  if (outcome.result === 'Succeeded' && !dryRun) {
    return verified(operation, outcome, context, targets.as(account, purpose, stop), clock, stop, progress)
  }
  return outcome
}

/** A run that has no namespace: nothing has the labels, or they could not be asked for. */
async function nowhere({ choices, store }: Parts, task: Task, run: ActiveRun, calls: Calls): Promise<Outcome> {
  const known = choices.of(task, run.id)
  const chosen = known ?? (await chooseNamespaces(task, calls, store.ownNamespace))
  if ('fault' in chosen) return finalFailure(chosen.fault.reason, faultSummary([chosen.fault]))
  if (chosen.namespaces.length > 0) {
    const message = 'no namespace was chosen when the run started, and by now there are some: run it again'
    return finalFailure('NamespacesChanged', message)
  }
  const message =
    chosen.left.length > 0 ? summary('', [], 0, chosen.left) : 'nothing to do: no namespace has these labels'
  return { result: 'Succeeded', message, output: '', changed: 0 }
}
