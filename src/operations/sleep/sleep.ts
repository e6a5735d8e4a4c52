import type { Kind } from '../../api/fault.ts'
import { AUTOSCALER, nameOf, POD, SCALED_OBJECT } from '../../api/kinds.ts'
import type { Spec } from '../../api/task.ts'
import type { Discovery, Operation, Plan, Reader, Right, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { isControlledByAny, targetOf } from '../shared/items.ts'
import { foundKinds, rightsOn, rightsToScale } from '../shared/kinds.ts'
import { isAtMost, unscalable } from '../shared/level.ts'
import { kindsNamed, listAll, withScale } from '../shared/observe.ts'
import { type Gone, goneOn, isOwn, keptOn } from '../shared/sleep-state.ts'
import { undone } from '../shared/undone.ts'
import { stillRunning } from '../shared/verify.ts'
import { asleepOf, type Held } from './asleep.ts'
import { chosenForSleep, scaledBy } from './chosen-for-sleep.ts'
import { type Around, step } from './step.ts'

type SleepSpec = NonNullable<Spec['operation']['sleep']>

/** Kinds that a spec names because they are the default, also in clusters that do not have them. */
export const OPTIONAL = [nameOf(SCALED_OBJECT)]

/** What runs turned off, but for what the spec leaves alone; what was there before is kept on the object. */
export const sleep: Operation<SleepSpec, SeenForSleep> = {
  name: 'sleep',
  pastTense: 'slept',
  rights: (spec, discovery) => rightsOfSleep(spec, discovery, autoscalersOf(spec)),
  observe,
  plan,
  async undone(spec, run, read) {
    const { items } = await looked(spec, run, read)
    // Woken by somebody: more of it runs than it was put to sleep with.
    return undone(items, run, (item, level) => {
      const state = keptOn(item)
      return typeof state === 'object' && !isAtMost(level, state.to)
    })
  },
  async unverified(spec, run, read) {
    const { items, faults } = await looked(spec, run, read)
    const held = items.filter(item => heldOn(item, run).length > 0)
    // Behind a ScaledObject stands the workload whose pods are to go.
    const workloads = held.map(item => scaledBy(item, items) ?? item)
    const running = await stillRunning(workloads, spec.replicas, run, read)
    return [...faults.map(({ message }) => message), ...running]
  },
}

interface SeenForSleep extends Looked {
  readonly gone: Gone
}

/** What is there, whoever holds it asleep. */
interface Looked extends Seen {
  /** `undefined`: they could not be listed, so that nothing may be scaled that could have one. */
  readonly autoscalers: readonly Item[] | undefined
}

/** What sleeping and waking take: to scale, and to look at the pods that are to go. */
export async function rightsOfSleep(
  { kinds, verify }: Pick<SleepSpec, 'kinds' | 'verify'>,
  discovery: Discovery,
  more: readonly Kind[] = [],
): Promise<readonly Right[]> {
  const found = await foundKinds(kinds, discovery)
  return [...rightsToScale(found), ...rightsOn([...more, ...(verify ? [POD] : [])], ['list'])]
}

/** Whose targets are left out when something is to run on: with nothing left to run they stand still by themselves. */
function autoscalersOf({ replicas }: SleepSpec): readonly Kind[] {
  return replicas > 0 ? [AUTOSCALER] : []
}

async function observe(spec: SleepSpec, run: RunContext, read: Reader): Promise<SeenForSleep> {
  const seen = await looked(spec, run, read)
  return { ...seen, gone: await goneOn(seen.items, run) }
}

async function looked(spec: SleepSpec, run: RunContext, read: Reader): Promise<Looked> {
  const named = await kindsNamed(spec.kinds, read, OPTIONAL, kind => unscalable(kind, true))
  const seen = await withScale(read, await listAll(read, named.kinds, run))
  const autoscalers = await listAll(read, autoscalersOf(spec), run)
  return {
    items: seen.items,
    faults: [...named.faults, ...seen.faults, ...autoscalers.faults],
    autoscalers: autoscalers.faults.length > 0 ? undefined : autoscalers.items,
  }
}

function plan(spec: SleepSpec, seen: SeenForSleep, run: RunContext): Plan {
  const { autoscalers, gone } = seen
  const items = autoscalers ? chosenForSleep(seen.items, spec) : []
  const around: Around = {
    replicas: spec.replicas,
    gone,
    autoscalerOf: item => autoscalers?.find(one => scaledBy(one, [item]) === item),
  }
  const each = items.map(item => ({ item, step: step(item, around, run) }))
  const slept = each.filter(({ step }) => !('left' in step || 'fault' in step)).map(({ item }) => item)
  // What is controlled by something that sleeps is taken care of there.
  const steps = each
    .filter(({ item, step }) => !('left' in step && isControlledByAny(item, slept)))
    .map(({ step }) => step)
  // What an earlier spec put to sleep is this task's to wake, also when it is left alone now.
  const elsewhere = seen.items.filter(item => !items.includes(item)).flatMap(item => heldOn(item, run))
  const held = steps.flatMap((at): readonly Held[] => ('held' in at && at.held ? [at.held] : []))
  return {
    actions: steps.flatMap(at => ('action' in at ? [at.action] : [])),
    done: steps.flatMap(at => ('done' in at ? [targetOf(at.done)] : [])),
    already: steps.filter(at => 'already' in at).length,
    left: steps.flatMap(at => ('left' in at ? [at.left] : [])),
    faults: [...seen.faults, ...steps.flatMap(at => ('fault' in at ? [at.fault] : []))],
    asleep: asleepOf([...held, ...elsewhere], seen.items),
  }
}

function heldOn(item: Item, run: RunContext): readonly Held[] {
  const state = keptOn(item)
  if (typeof state !== 'object' || !state.holders.some(holder => isOwn(holder, run))) return []
  return [{ item, from: state.from, to: state.to }]
}
