import type { Fault } from '../../api/fault.ts'
import { SLEEP_ANNOTATION } from '../../api/names.ts'
import type { Spec } from '../../api/task.ts'
import type { Action, Item, LeftOut, Operation, Plan, RunContext, Seen } from '../contract.ts'
import { called, doneBy, isDone, leftOut, patch, targetOf } from '../shared/items.ts'
import { listAndPatch, SLEEPERS } from '../shared/kinds.ts'
import { listAll } from '../shared/observe.ts'
import { chosen } from '../shared/selector.ts'
import {
  isOwn,
  keptOn,
  type Level,
  levelOf,
  levelSpec,
  MOST_REPLICAS,
  otherHolders,
  withHolder,
} from '../shared/sleep-state.ts'

type SleepSpec = NonNullable<Spec['operation']['sleep']>

/** Deployments and StatefulSets to zero replicas, CronJobs suspended, but those that the spec leaves alone; what was there before is kept on the object. */
export const sleep: Operation<SleepSpec> = {
  name: 'sleep',
  pastTense: 'slept',
  rights: () => listAndPatch(SLEEPERS),
  observe: (_, run, read) => listAll(read, SLEEPERS, run),
  plan,
}

type Step =
  | { readonly action: Action }
  | { readonly left: LeftOut }
  | { readonly fault: Fault }
  | { readonly done: Item }
  | { readonly already: 'Asleep' | 'Off' }

function plan(spec: SleepSpec, seen: Seen, run: RunContext): Plan {
  const items = chosen(seen.items, spec)
  const steps = items.map(item => step(item, run))
  // What an earlier spec put to sleep is this task's to wake, also when it is left alone now.
  const heldElsewhere = seen.items.filter(item => !items.includes(item) && isHeld(item, run)).length
  const actions = steps.flatMap(at => ('action' in at ? [at.action] : []))
  const already = steps.flatMap(at => ('already' in at ? [at.already] : []))
  const done = steps.flatMap(at => ('done' in at ? [at.done] : []))
  return {
    actions,
    done: doneBy(run, done),
    already: already.length,
    left: steps.flatMap(at => ('left' in at ? [at.left] : [])),
    faults: [...seen.faults, ...steps.flatMap(at => ('fault' in at ? [at.fault] : []))],
    asleep:
      actions.length +
      done.filter(item => keptOn(item) !== 'None').length +
      already.filter(as => as === 'Asleep').length +
      heldElsewhere,
  }
}

function isHeld(item: Item, run: RunContext): boolean {
  const state = keptOn(item)
  return typeof state === 'object' && state.holders.some(holder => isOwn(holder, run))
}

function step(item: Item, run: RunContext): Step {
  const left = leftOut(item)
  if (left) return { left }
  const state = keptOn(item)
  if (isDone(item, run)) return { done: item }
  const current = levelOf(item)
  const asleep = typeof current === 'number' ? 0 : true
  if (state === 'Corrupt') {
    const message = `${called(item)}: annotation ${SLEEP_ANNOTATION} is damaged: restore or remove it by hand`
    return { fault: { class: 'Invalid', reason: 'SleepStateDamaged', message, target: targetOf(item) } }
  }
  const fresh = typeof state !== 'object' || current !== state.to
  // Already off, and not by a sleep: a wake must leave it off.
  if (fresh && isOff(current)) return { already: 'Off' }
  const others = typeof state === 'object' ? otherHolders(state, run) : []
  const holders = withHolder(others, run)
  if (!holders) return { left: { target: targetOf(item), reason: 'TooManyHolders', message: 'held by 8 other tasks' } }
  if (!fresh && state.holders.some(holder => isOwn(holder, run) && holder.uid === run.task.uid))
    return { already: 'Asleep' }
  // What somebody set since the last sleep is the new original; else the first one stays.
  const from = fresh ? current : state.from
  const kept = JSON.stringify({ v: 1, uid: item.metadata.uid, from, to: asleep, holders })
  // The annotation could not be read again, and the number would be lost.
  if (Number(from) > MOST_REPLICAS) {
    const message = `has more than ${MOST_REPLICAS} replicas`
    return { left: { target: targetOf(item), reason: 'TooManyReplicas', message } }
  }
  const says = `${called(item)}: ${fresh ? changeOf(current) : 'asleep already, now for this task too'}`
  return { action: patch(item, run, says, { ...levelSpec(asleep) }, { [SLEEP_ANNOTATION]: kept }) }
}

function changeOf(current: Level): string {
  return typeof current === 'number' ? `replicas ${current} → 0` : 'suspended'
}

function isOff(level: Level): boolean {
  return level === 0 || level === true
}
