import { type Fault, FaultError, idOf } from '../api/fault.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { SECOND } from '../lib/instant.ts'
import { count, messageOf, number } from '../lib/text.ts'
import { type Action, type Bound, type LeftOut, NOTHING, type Plan, type RunContext } from '../operations/contract.ts'
import { carryOut } from './carry-out.ts'
import { lastAnswers } from './last-answers.ts'
import type { Limits } from './limits.ts'
import { lookAhead, mayPass, mistakes, OBSERVED_AGAIN } from './look-ahead.ts'
import { finalFailure, type Outcome, type Report } from './outcome.ts'
import type { Account, Calls, Purpose, Targets } from './ports.ts'
import { type Change, Progress } from './progress.ts'
import { faultSummary, leftOut, summary } from './summary.ts'

/** What has to happen by itself is looked at so often. */
const POLL = SECOND

export interface AttemptInput {
  readonly operation: Bound
  readonly run: Omit<RunContext, 'changed'>
  readonly account: Account
  readonly purpose: Purpose
  readonly targets: Targets
  readonly clock: Clock
  /** Ends the attempt from outside. */
  readonly stop: AbortSignal
  /** Ends the attempt when its time is over. */
  readonly deadline: AbortSignal
  /** Ends the wait for the answers to what was sent before: somebody else will look at what became of it. */
  readonly letGo: AbortSignal
  readonly limits: Limits
  /** Whether labels chose the namespaces. */
  readonly byLabel?: boolean
  /** What is none of its targets although it might seem so. */
  readonly left?: readonly LeftOut[]
  /** Nothing is changed: the API server only says what it would do. */
  readonly dryRun: boolean
  /** What earlier attempts of this run are known to have changed. */
  readonly earlier?: readonly Change[]
  readonly changed: (change: Change) => void
  /** What is going on, in one line; called often. */
  readonly progress: (says: string) => void
}

/** One attempt: observe, plan, act, until nothing is pending. Settles when all that it began has ended; never rejects. */
export async function attempt(input: AttemptInput): Promise<Outcome> {
  const signal = AbortSignal.any([input.stop, input.deadline])
  const answers = lastAnswers(input)
  const progress = new Progress(input.earlier ?? [], input.changed, input.run.namespaces)
  try {
    return await work(input, signal, answers.signal, progress)
  } catch (error) {
    const { size } = progress
    const report = { message: '', output: [...progress.failed, ...progress.lines].join('\n'), changed: size }
    const changed = `changed ${count(size, 'object')}`
    if (input.stop.aborted) return { result: 'Stopped', ...report, message: `${changed} before it ended` }
    if (input.deadline.aborted) {
      const waited = progress.pending === undefined ? changed : progress.pending
      const message = `not done within ${input.run.timeoutSeconds} s: ${waited}`
      // What is cut off, as a Job is, is not begun again.
      const retry = input.operation.leftovers === undefined
      return { result: 'TimedOut', reason: 'Timeout', ...report, message, error: message, retry, retryAfter: 0 }
    }
    // Where an operation can do nothing else without what it has asked for.
    if (error instanceof FaultError) return concluded(input, NOTHING, progress, [error.fault])
    // Not a fault of a target but of Rota itself: said aloud, tried again, harmful to this task only.
    const message = `internal error: ${messageOf(error)}`
    return { result: 'Failed', reason: 'InternalError', ...report, message, error: message, retry: true, retryAfter: 0 }
  } finally {
    answers.end()
  }
}

async function work(
  input: AttemptInput,
  signal: AbortSignal,
  letGo: AbortSignal,
  progress: Progress,
): Promise<Outcome> {
  const { operation, account, targets, dryRun, byLabel = false } = input
  const admit = (namespaces: readonly string[], afresh?: boolean) =>
    targets.admit(account, namespaces, operation.tolerates ?? 'None', signal, afresh)
  let admitted = await admit(input.run.namespaces)
  const against = [...mistakes(operation, byLabel, admitted.faults)]
  const calls = targets.as(account, input.purpose, signal, letGo)
  for (let again = 0; admitted.namespaces.length > 0; ) {
    const run = { ...input.run, namespaces: admitted.namespaces, changed: progress.targets }
    const ahead = await unlessAway(input, progress, lookAhead(operation, input.limits, run, calls, progress))
    signal.throwIfAborted()
    if (!ahead) continue
    const { plan, refused, unsure, planBut } = ahead
    if (refused !== undefined) return tooMany(refused, plan, progress)
    if (unsure.length > 0) {
      if (unsure.every(({ class: kind }) => kind === 'Conflict') && again++ < OBSERVED_AGAIN) continue
      return concluded(input, NOTHING, progress, [...against, ...plan.faults])
    }
    progress.found(plan.done)
    const faults = await act(input, plan, calls, signal, progress)
    const open = [...plan.faults, ...faults]
    // What it is ended by is the reason, and not what that has kept from working.
    if (open.length > 0) signal.throwIfAborted()
    if (open.some(fault => fault.class === 'Conflict') && again++ < OBSERVED_AGAIN) continue
    // With a namespace the rights in it go too: that is no refusal, and the others are done without it.
    if (open.some(({ class: kind }) => kind === 'Refused')) {
      const before = admitted.namespaces.length
      admitted = await admit(admitted.namespaces, true)
      against.push(...mistakes(operation, byLabel, admitted.faults))
      if (admitted.namespaces.length < before) continue
    }
    open.unshift(...against)
    if (open.length > 0 || plan.pending === undefined || dryRun) {
      // What could not be put to sleep does not sleep.
      const { asleep } = faults.length > 0 ? planBut(faults.flatMap(({ target }) => target ?? [])) : plan
      return concluded(input, { ...plan, ...(asleep && { asleep }) }, progress, open)
    }
    progress.pending = plan.pending
    input.progress(plan.pending)
    await pause(input.clock, POLL, signal)
    signal.throwIfAborted()
  }
  return concluded(input, NOTHING, progress, against)
}

/**
 * What was asked for; nothing when the API server is away while something is only waited for, which goes on without it.
 * @throws FaultError
 */
async function unlessAway<T>(
  { clock, progress: tell, stop, deadline }: AttemptInput,
  { pending }: Progress,
  asked: Promise<T>,
): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    const fault = error instanceof FaultError ? error.fault : undefined
    if (pending === undefined || fault?.class !== 'Transient') throw error
    tell(`${pending}; ${fault.message}`)
    await pause(clock, Math.max(POLL, (fault.retryAfter ?? 0) * SECOND), AbortSignal.any([stop, deadline]))
    return undefined
  }
}

/** What became of the actions that did not work. */
async function act(
  { dryRun, progress: tell }: AttemptInput,
  { actions, left }: Plan,
  calls: Calls,
  signal: AbortSignal,
  progress: Progress,
): Promise<readonly Fault[]> {
  const total = count(progress.union(actions.map(({ target }) => target)), 'object')
  let failures = 0
  const notes = new Map(left.map(note => [idOf(note.target), note]))
  progress.planned(actions.map(({ target }) => target))
  // Those of the round before have been observed since.
  progress.same = 0
  progress.failed = []
  const carried = await carryOut(
    actions,
    async action => {
      const result = dryRun && action.untried ? 'Changed' : await calls.carryOut(action, dryRun)
      const { target, says } = action
      const note = notes.get(idOf(target))
      if (result === 'Changed') progress.did({ target, says, ...(note && { left: note }) })
      else if (result === 'Same' || (action.do === 'Delete' && result.class === 'Gone')) progress.same++
      const failed = typeof result === 'object' && !isFine(action, result) ? result : undefined
      if (failed) progress.failed.push(`not done: ${progress.placed(action.target, action.says)} (${failed.reason})`)
      // What somebody else has changed just now is observed again.
      if (failed && failed.class !== 'Conflict') failures++
      const but = failures > 0 ? `; ${number(failures)} failed` : ''
      tell(`${dryRun ? 'tried out' : 'changed'} ${number(progress.size)} of ${total}${but}`)
      return failed ?? 'Same'
    },
    signal,
  )
  return carried.filter(result => typeof result === 'object')
}

/** A listed object that is gone by now needs nothing any more, unless its namespace is gone, or it is to be there. */
function isFine({ do: does }: Action, result: Fault): boolean {
  if (result.class !== 'Gone' || does === 'Create' || does === 'Apply') return false
  return result.reason !== 'NamespaceTerminating' && result.reason !== 'NamespaceNotFound'
}

function tooMany(refused: string, plan: Plan, progress: Progress): Outcome {
  const output = plan.actions.map(({ target, says }) => `not done: ${progress.placed(target, says)}`).join('\n')
  const changed = progress.union(plan.done)
  return finalFailure('TooManyAffected', `${refused}: refused as a whole`, { output, changed })
}

function concluded(input: AttemptInput, plan: Plan, progress: Progress, faults: readonly Fault[]): Outcome {
  const { operation, dryRun } = input
  const left = progress.left([...(input.left ?? []), ...plan.left])
  const verb = dryRun ? `would have ${operation.participle ?? operation.pastTense}` : operation.pastTense
  const did = summary(verb, progress.targets, plan.already + progress.same, left, operation.already)
  const pending = dryRun && plan.pending !== undefined ? `; then: ${plan.pending}` : ''
  const said = dryRun ? `dry run, nothing was changed: ${did}${pending}` : did
  const report: Report = {
    message: said,
    output:
      plan.output ?? [...progress.failed, ...progress.lines, ...left.map(one => leftLine(one, progress))].join('\n'),
    changed: progress.size,
    ...(plan.asleep !== undefined && { asleep: plan.asleep }),
  }
  const [first] = faults
  if (!first) return { result: 'Succeeded', ...report }
  const error = faultSummary(faults)
  return {
    result: 'Failed',
    ...report,
    message: [error, ...(progress.size > 0 ? [said] : leftOut(left))].join('; '),
    reason: first.reason,
    error,
    retry: faults.some(mayPass),
    retryAfter: Math.max(0, ...faults.map(({ retryAfter }) => retryAfter ?? 0)),
  }
}

function leftLine({ target, message }: LeftOut, progress: Progress): string {
  return progress.placed(target, `${target.kind.kind}/${target.name}: left out, ${message}`)
}
