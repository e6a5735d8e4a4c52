import type { Fault, Target } from '../api/fault.ts'
import { count } from '../lib/text.ts'
import type { Bound, LeftOut, Plan, RunContext } from '../operations/contract.ts'
import { carryOut } from './carry-out.ts'
import { excess, type Limits } from './limits.ts'
import type { Outcome, Report } from './outcome.ts'
import type { Account, Targets } from './ports.ts'
import { faultSummary, summary } from './summary.ts'

/** After a conflict everything is observed again, at most this often in an attempt. */
const OBSERVED_AGAIN = 3

export interface AttemptInput {
  readonly operation: Bound
  readonly run: RunContext
  readonly account: Account
  readonly targets: Targets
  /** Ends the attempt from outside. */
  readonly stop: AbortSignal
  /** Ends the attempt when its time is over. */
  readonly deadline: AbortSignal
  readonly timeoutSeconds: number
  readonly limits: Limits
  readonly changed: (target: Target, says: string) => void
}

/** One attempt: observe, plan, act. Settles when all that it began has ended; never rejects. */
export async function attempt(input: AttemptInput): Promise<Outcome> {
  const signal = AbortSignal.any([input.stop, input.deadline])
  const progress: Progress = { changed: [], lines: [] }
  const objects = () => count(progress.changed.length, 'object')
  try {
    return await work(input, signal, progress)
  } catch (error) {
    const report = { message: '', output: progress.lines.join('\n'), changed: progress.changed.length }
    if (input.stop.aborted) return { result: 'Stopped', ...report, message: `changed ${objects()} before it ended` }
    if (input.deadline.aborted) {
      const message = `not done within ${input.timeoutSeconds} s: ${objects()} changed`
      return { result: 'TimedOut', reason: 'Timeout', ...report, message, error: message, retry: true, retryAfter: 0 }
    }
    // Not a fault of a target but of Rota itself: said aloud, tried again, harmful to this task only.
    const message = `internal error: ${error instanceof Error ? error.message : String(error)}`
    return { result: 'Failed', reason: 'InternalError', ...report, message, error: message, retry: true, retryAfter: 0 }
  }
}

/** What is known of an attempt that does not come to its end. */
interface Progress {
  changed: readonly Target[]
  lines: readonly string[]
}

async function work(input: AttemptInput, signal: AbortSignal, progress: Progress): Promise<Outcome> {
  const { operation, account, targets } = input
  const admitted = await targets.admit(account, input.run.namespaces, signal)
  // In a namespace that is gone nothing is left to wake; for all else it is a mistake that the author should know of.
  const against = admitted.faults.filter(fault => fault.class !== 'Gone' || operation.name !== 'wake')
  if (admitted.namespaces.length === 0) return concluded(operation, NOTHING, [], [], against)
  const run = { ...input.run, namespaces: admitted.namespaces }
  const calls = targets.as(account, operation.name, signal)
  /** What was done in this attempt, by object: after a conflict these objects are found done. */
  const said = new Map<string, string>()
  for (let again = 0; ; again++) {
    const seen = await operation.observe(run, calls)
    const plan = operation.plan(seen, run)
    signal.throwIfAborted()
    // What earlier attempts of this run have changed counts, so that each of them is judged alike.
    const refused = excess(input.limits, plan.actions.length + plan.done.length, seen.items.length)
    if (refused !== undefined) return tooMany(refused, plan)
    const changed: Target[] = [...plan.done]
    const lines = plan.done.map(
      target => said.get(idOf(target)) ?? `${target.kind.kind}/${target.name}: done in an earlier attempt`,
    )
    progress.changed = changed
    progress.lines = lines
    const carried = await carryOut(
      plan.actions,
      async action => {
        const result = await calls.carryOut(action)
        if (result === 'Changed') {
          changed.push(action.target)
          lines.push(action.says)
          said.set(idOf(action.target), action.says)
          input.changed(action.target, action.says)
        }
        return result
      },
      signal,
    )
    const faults = carried.filter(result => typeof result === 'object')
    if (again < OBSERVED_AGAIN && faults.some(fault => fault.class === 'Conflict')) continue
    // A listed object that is gone by now needs nothing any more.
    const open = faults.filter(fault => fault.class !== 'Gone')
    return concluded(operation, plan, changed, lines, [...against, ...plan.faults, ...open])
  }
}

function tooMany(refused: string, plan: Plan): Outcome {
  const message = `${refused}: refused as a whole`
  const changed = plan.done.length
  const output = plan.actions.map(({ says }) => `not done: ${says}`).join('\n')
  return {
    result: 'Failed',
    reason: 'TooManyAffected',
    message,
    error: message,
    output,
    changed,
    retry: false,
    retryAfter: 0,
  }
}

const NOTHING: Plan = { actions: [], done: [], already: 0, left: [], faults: [] }

function concluded(
  operation: Bound,
  plan: Plan,
  changed: readonly Target[],
  lines: readonly string[],
  faults: readonly Fault[],
): Outcome {
  const said = summary(operation.pastTense, changed, plan.already, plan.left)
  const report: Report = {
    message: said,
    output: [...lines, ...plan.left.map(leftLine)].join('\n'),
    changed: changed.length,
    ...(plan.asleep !== undefined && { asleep: plan.asleep }),
  }
  const [first] = faults
  if (!first) return { result: 'Succeeded', ...report }
  const error = faultSummary(faults)
  return {
    result: 'Failed',
    ...report,
    message: changed.length > 0 ? `${error}; ${said}` : error,
    reason: first.reason,
    error,
    retry: faults.some(({ class: kind }) => kind === 'Transient' || kind === 'Conflict' || kind === 'Unknown'),
    retryAfter: Math.max(0, ...faults.map(({ retryAfter }) => retryAfter ?? 0)),
  }
}

function idOf({ kind, namespace, name }: Target): string {
  return `${kind.group}/${kind.kind}/${namespace}/${name}`
}

function leftLine({ target, message }: LeftOut): string {
  return `${target.kind.kind}/${target.name}: left out, ${message}`
}
