import { type Fault, faultIn } from '../../api/fault.ts'
import type { OperationName } from '../../api/task.ts'
import { isDryRun } from '../../decide/dry-run.ts'
import { holdProblem } from '../../decide/hold.ts'
import type { Problem } from '../../decide/read-spec.ts'
import { effortOf, type Settings } from '../../decide/settings.ts'
import { namespacesOf } from '../../decide/targets.ts'
import { keyOf, type Task } from '../../decide/task.ts'
import { lookAhead, mistakes, OBSERVED_AGAIN } from '../../execution/look-ahead.ts'
import type { Account, Calls, Purpose } from '../../execution/ports.ts'
import { Progress } from '../../execution/progress.ts'
import { accessReviews } from '../../kube/access-review.ts'
import { judge } from '../../kube/admit.ts'
import type { Client } from '../../kube/client.ts'
import type { RememberedDiscovery } from '../../kube/discovery.ts'
import { lookUp } from '../../kube/look-up.ts'
import { previewCalls } from '../../kube/targets.ts'
import { type Instant, rfc3339 } from '../../lib/instant.ts'
import { type Bound, NOTHING } from '../../operations/contract.ts'
import { inTurns } from '../../operations/shared/observe.ts'
import { chooseNamespaces } from '../../runs/choose.ts'
import { accountOf, contextOf, limitsOf, type Others, operationOf, purposeOf } from '../../runs/prepare.ts'
import { CommandError } from '../io.ts'
import type { Rights, RunAhead } from './model.ts'
import { needsOf, type Where } from './needs.ts'
import { type Glimpse, told } from './told.ts'

/** How a preview looks at a cluster. */
export interface Eyes {
  readonly client: Client
  readonly discovery: RememberedDiscovery
  readonly others: Others
  /** What the operator goes by where the spec says nothing, and the namespace that it lives in, as far as known. */
  readonly settings: Settings
  readonly ownNamespace: string
  readonly now: Instant
  readonly signal: AbortSignal
  /** In the name of the task's account, as a run does; else in the caller's own. */
  readonly asTask: boolean
}

/** Stands for the id of the run, which is known when it begins: it ends the name of a Job. */
export const SOME_RUN = 'xxxxxxxxxxxxxxxx'

const NOWHERE = { namespaces: [], left: [] }
const UNLOOKED: Glimpse['ahead'] = { plan: NOTHING, limits: {}, affected: 0, total: 0, refused: undefined }

/** What a run of this operation would do now. Changes nothing. @throws CommandError; FaultError */
export async function runAhead(eyes: Eyes, task: Task, name: OperationName): Promise<RunAhead> {
  const { client, discovery, ownNamespace, signal, asTask } = eyes
  const account = accountOf(task)
  const operation = operationOf(task, name)
  const base = { operation: name, dryRun: isDryRun(task, name), asCaller: !asTask }
  const problem = obstacle(task, name, eyes.now)
  if (problem || !operation) {
    const rights = { account: keyOf(account.namespace, account.name), missing: [], unchecked: 0, needed: 0 }
    const nothing = { namespaces: [], ahead: UNLOOKED, left: [], faults: [], hidden: [], rights }
    return told({ ...base, ...nothing, against: problem ? [problem] : [] })
  }
  const purpose = await purposeOf(operation, discovery)
  const calls = previewCalls(client, discovery, signal, asTask ? { as: account, purpose } : {})
  const byLabel = task.spec.target?.namespaceSelector !== undefined
  const chosen = byLabel ? await chooseNamespaces(task, calls, ownNamespace) : NOWHERE
  const faults = 'fault' in chosen ? [chosen.fault] : []
  const { namespaces: names, left } = 'fault' in chosen ? NOWHERE : chosen
  const namespaces = namespacesOf(task, name, names) ?? []
  const { against, refused, absent } = await judge(
    lookUp(client),
    account,
    namespaces,
    operation.tolerates ?? 'None',
    signal,
  )
  const open = namespaces.filter(namespace => isOpen(refused.get(namespace)))
  const ahead = open.length > 0 ? await planned(eyes, task, operation, open, calls) : UNLOOKED
  const all = [...faults, ...ahead.plan.faults]
  if (all.some(({ reason }) => reason === 'ImpersonationForbidden')) throw new CommandError(notAllowed(account))
  return told({
    ...base,
    namespaces,
    ahead,
    left,
    against: against.filter(fault => !isHidden(fault)),
    faults: [
      ...faults,
      ...mistakes(
        operation,
        byLabel,
        [...refused.values()].filter(fault => !isHidden(fault)),
      ),
    ],
    hidden: [...against, ...refused.values()].filter(isHidden),
    rights: await rightsOf(eyes, operation, purpose, account, { namespaces, absent, byLabel }),
  })
}

/** What holds back also who asks for a run, as a breaker that is open does not. A task that goes wakes before it does. */
function obstacle(task: Task, name: OperationName, now: Instant): Problem | undefined {
  const stalled = task.problem ?? holdProblem(task, now)
  if (stalled || task.deleted === undefined || name === 'wake') return stalled
  return { reason: 'Deleted', message: 'the task is being deleted' }
}

/** Namespaces and the account are read by the caller himself: what he may not read stands against nobody. */
function isHidden({ reason }: Fault): boolean {
  return reason === 'Forbidden'
}

function isOpen(against: Fault | undefined): boolean {
  return !against || isHidden(against)
}

/** What an attempt would carry out. Where an operation cannot do without what it may not look at, it fails by that. */
async function planned(
  { others, settings, now }: Eyes,
  task: Task,
  operation: Bound,
  namespaces: readonly string[],
  calls: Calls,
): Promise<Glimpse['ahead']> {
  const run = { id: SOME_RUN, operation: operation.name, slotTime: rfc3339(now), namespaces }
  const context = contextOf(others, task, run, effortOf(task.spec, settings).timeoutSeconds)
  const limits = limitsOf(task, operation.name)
  try {
    for (let again = 0; ; again++) {
      const progress = new Progress([], () => undefined, namespaces)
      const ahead = await lookAhead(operation, limits, context, calls, progress)
      // What is tried out can meet somebody else's change, as what is done can.
      if (again >= OBSERVED_AGAIN || !ahead.plan.faults.some(fault => fault.class === 'Conflict')) return ahead
    }
  } catch (error) {
    return { ...UNLOOKED, plan: { ...NOTHING, faults: [faultIn(error)] } }
  }
}

async function rightsOf(
  { client, discovery, signal }: Eyes,
  operation: Bound,
  purpose: Purpose,
  account: Account,
  where: Where,
): Promise<Rights> {
  const needs = needsOf(await operation.rights(discovery), where)
  const ask = accessReviews(client, account, signal)
  const answers = await inTurns(needs, ({ question }) => ask(question))
  const refused = needs.flatMap(({ missing }, index) => (answers[index] === false ? [missing] : []))
  // In the whole cluster a right is one, for however many namespaces.
  const missing = new Map(refused.map(one => [`${one.verb} ${one.resource} ${one.namespace}`, one]))
  return {
    account: keyOf(account.namespace, account.name),
    missing: [...missing.values()].map(one => ({
      verb: one.verb,
      resource: one.resource,
      namespace: one.namespace ?? null,
      remedy: purpose.remedy({ account, ...one }),
    })),
    unchecked: answers.filter(answer => answer === undefined).length,
    needed: needs.length,
  }
}

function notAllowed({ namespace, name }: Account): string {
  return `you may not act as ServiceAccount ${namespace}/${name}, as --as-task does: that takes the verb impersonate on it, which the role edit has; without --as-task you see it with your own rights`
}
