import type { Kind } from '../../src/api/fault.ts'
import { builtIn, JOB, NAMESPACE, POD } from '../../src/api/kinds.ts'
import type { Spec } from '../../src/api/task.ts'
import { type AttemptInput, attempt } from '../../src/execution/attempt.ts'
import { lookAhead } from '../../src/execution/look-ahead.ts'
import type { Outcome } from '../../src/execution/outcome.ts'
import type { Account, Calls, Targets } from '../../src/execution/ports.ts'
import { Progress } from '../../src/execution/progress.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Action, Bound, Plan, RunContext } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { operationFor } from '../../src/operations/registry.ts'
import { ATTEMPT } from '../builders/attempt.ts'
import { item, runOf } from '../builders/items.ts'
import { MemoryTargets } from '../builders/targets.ts'
import { type Case, type Manifest, type Scenario, TASK, WIDGET } from './cases.ts'

/** A case, and a cluster in which it takes place. */
export interface Stage {
  readonly scenario: Scenario
  readonly operation: Bound
  readonly run: Omit<RunContext, 'changed'>
  readonly account: Account
  readonly targets: Targets
  readonly clock: Clock
}

/** An operation of a spec that has just one. @throws Error for another spec */
export function onlyOperation(spec: Pick<Spec, 'operation'>): Bound {
  const [name] = Object.keys(spec.operation) as (keyof Spec['operation'])[]
  const operation = name && operationFor(name, spec as Spec)
  if (!operation) throw new Error(`${JSON.stringify(spec)} must have an operation`)
  return operation
}

const PURPOSE = { remedy: () => '', permission: () => '' }
const never = new AbortController().signal

/** One attempt of the case's run. */
export function attemptOn(stage: Stage, changes: Partial<AttemptInput> = {}): Promise<Outcome> {
  const { scenario, operation, run, account, targets, clock } = stage
  return attempt({
    ...ATTEMPT,
    ...{ operation, run, account, targets, clock },
    limits: scenario.spec.maxAffected ?? {},
    ...changes,
  })
}

/** Calls as an attempt makes them. */
export function callsOn({ targets, account }: Stage): Calls {
  return targets.as(account, PURPOSE, never)
}

/** What the run would do, found out as a preview does it. */
export async function planOn(stage: Stage): Promise<Plan> {
  const { operation, run, scenario } = stage
  const progress = new Progress([], () => undefined, run.namespaces)
  const limits = scenario.spec.maxAffected ?? {}
  const ahead = await lookAhead(operation, limits, { ...run, changed: [] }, callsOn(stage), progress)
  return ahead.plan
}

/** As the record tells it: with the namespace, where there are several. */
export function linesOf({ run }: Stage, actions: readonly Action[]): readonly string[] {
  const place = ({ kind, namespace }: Action['target']) =>
    run.namespaces.length > 1 && !kind.cluster ? `${namespace}/` : ''
  return actions.map(({ target, says }) => `${place(target)}${says}`).sort()
}

/** The kind of a manifest. @throws Error for one that the cases do not know */
export function kindOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): Kind {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
  const known = [NAMESPACE, WIDGET].find(one => one.kind === kind) ?? builtIn(group === '' ? kind : `${kind}.${group}`)
  if (!known) throw new Error(`kind ${kind} of ${apiVersion} must be built in`)
  return known
}

export type MemoryStage = Stage & { readonly targets: MemoryTargets }

/** The case in memory, with a clock that is always ahead: whoever waits has waited, and controllers have done their part. */
export async function memoryStage(make: Case, answers: ConstructorParameters<typeof MemoryTargets>[1] = {}) {
  const home = 'team-a'
  const run = runOf({ id: 'run-1' })
  const scenario = make({ home, run: run.id })
  const targets = new MemoryTargets(scenario.world.map(manifest => asItem(manifest, home)))
  targets.kinds = [WIDGET]
  const operation = onlyOperation(scenario.spec)
  const stage: MemoryStage = {
    scenario,
    operation,
    run: {
      ...run,
      operation: operation.name,
      namespaces: scenario.spec.target?.namespaces ?? [home],
      task: { ...run.task, key: `${home}/${TASK}`, name: TASK },
    },
    account: { namespace: home, name: TASK },
    targets,
    clock: impatient(() => {
      targets.items = controlled(targets.items)
    }),
  }
  if (scenario.before) await attemptBefore(stage, scenario.before)
  const fresh = new MemoryTargets(targets.items, answers)
  fresh.kinds = targets.kinds
  const clock = impatient(() => {
    fresh.items = controlled(fresh.items)
  })
  return { ...stage, targets: fresh, clock }
}

/** What another task did before, by a run of its own. */
export async function attemptBefore(stage: Stage, before: Spec['operation']): Promise<void> {
  const task = { key: 'other/task', namespace: 'other', name: 'task', uid: 'uid-of-other' }
  const operation = onlyOperation({ operation: before })
  const run = { ...stage.run, id: 'run-0', operation: operation.name, task }
  const outcome = await attemptOn({ ...stage, operation, run })
  if (outcome.result !== 'Succeeded') throw new Error(`what is before must succeed: ${outcome.message}`)
}

function asItem({ apiVersion, kind, metadata, ...rest }: Manifest, home: string): Item {
  const { name, namespace = kind === NAMESPACE.kind ? name : home, labels, annotations } = metadata
  const made = item(kindOf({ apiVersion, kind }), {
    ...{ name, namespace, created: '2026-01-05T08:00:00Z' },
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  })
  return { ...rest, ...made }
}

/** Jobs end, and leave a pod. */
function controlled(items: readonly Item[]): readonly Item[] {
  const done = { conditions: [{ type: 'Complete', status: 'True' }] }
  const begun = items.filter(({ kind, status }) => kind.kind === JOB.kind && !status)
  const ended = items.map(one => (begun.includes(one) ? { ...one, status: done } : one))
  const pods = begun.map(({ metadata: { name, namespace } }) =>
    item(POD, { name, namespace, labels: { 'batch.kubernetes.io/job-name': name } }),
  )
  return [...ended, ...pods]
}

function impatient(before: () => void): Clock {
  let now = 0
  const at: Clock['at'] = (when, wake) => {
    const timer = setImmediate(() => {
      now = Math.max(now, when)
      before()
      wake()
    })
    return () => clearImmediate(timer)
  }
  return { now: () => now, monotonic: () => now, at }
}
