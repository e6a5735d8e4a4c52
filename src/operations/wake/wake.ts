import type { Fault } from '../../api/fault.ts'
import { SLEEP_ANNOTATION } from '../../api/names.ts'
import type { Action, Item, LeftOut, Operation, Plan, RunContext, Seen } from '../contract.ts'
import { called, doneBy, isDone, leftOut, patch, targetOf } from '../shared/items.ts'
import { listAndPatch, SLEEPERS } from '../shared/kinds.ts'
import { listAll } from '../shared/observe.ts'
import { type Choice, chosen } from '../shared/selector.ts'
import { isOwn, keptOn, levelOf, levelSpec, otherHolders, type SleepState } from '../shared/sleep-state.ts'

/** Whose sleep ends: that of this task, or with the stand-alone operation everybody's. */
export interface WakeSpec {
  readonly holders: 'Own' | 'All'
  /** Of the stand-alone operation. A task's own sleep ends everywhere, whatever its selectors say by now. */
  readonly choice: Choice
}

/** Puts back what a sleep kept, once nobody holds the object asleep any more. */
export const wake: Operation<WakeSpec> = {
  name: 'wake',
  pastTense: 'woke',
  rights: () => listAndPatch(SLEEPERS),
  observe: (_, run, read) => listAll(read, SLEEPERS, run),
  plan,
}

type Step =
  | { readonly action: Action; readonly left?: LeftOut }
  | { readonly left: LeftOut }
  | { readonly fault: Fault }
  | 'NotHeld'

function plan(spec: WakeSpec, seen: Seen, run: RunContext): Plan {
  const items = chosen(seen.items, spec.choice)
  const steps = items.map(item => step(spec, item, run)).filter(at => at !== 'NotHeld')
  return {
    actions: steps.flatMap(at => ('action' in at ? [at.action] : [])),
    done: doneBy(run, items),
    already: 0,
    left: steps.flatMap(at => ('left' in at && at.left ? [at.left] : [])),
    faults: [...seen.faults, ...steps.flatMap(at => ('fault' in at ? [at.fault] : []))],
  }
}

function step(spec: WakeSpec, item: Item, run: RunContext): Step {
  const state = keptOn(item)
  if (state === 'None' || isDone(item, run)) return 'NotHeld'
  const isHeld = typeof state !== 'object' || state.holders.some(holder => isOwn(holder, run))
  if (spec.holders === 'Own' && !isHeld) return 'NotHeld'
  const left = leftOut(item)
  if (left) return { left }
  const target = targetOf(item)
  if (state === 'Corrupt') {
    const message = `${called(item)}: annotation ${SLEEP_ANNOTATION} is damaged: set the value and remove it by hand`
    return { fault: { class: 'Invalid', reason: 'SleepStateDamaged', message, target } }
  }
  if (state === 'Foreign') {
    const message = `its ${SLEEP_ANNOTATION} is a copy from another object: not restored`
    return { left: { target, reason: 'CopiedState', message } }
  }
  const others = spec.holders === 'All' ? [] : otherHolders(state, run)
  // Once somebody has changed the value nobody holds it any more.
  const isAsleep = levelOf(item) === state.to
  return isAsleep && others.length > 0 ? keepAsleep(item, state, others, run) : restore(item, state, run)
}

function keepAsleep(item: Item, state: SleepState, others: SleepState['holders'], run: RunContext): Step {
  const message = `still held asleep by ${others.map(({ task }) => task).join(', ')}`
  const kept = JSON.stringify({ ...state, holders: others })
  return {
    action: patch(item, run, `${called(item)}: ${message}`, {}, { [SLEEP_ANNOTATION]: kept }),
    left: { target: targetOf(item), reason: 'HeldByOthers', message },
  }
}

function restore(item: Item, state: SleepState, run: RunContext): Step {
  const current = levelOf(item)
  const forget = { [SLEEP_ANNOTATION]: null }
  if (current !== state.to) {
    const message = `changed to ${describe(current)} in its sleep: left so`
    const action = patch(item, run, `${called(item)}: ${message}`, {}, forget)
    return { action, left: { target: targetOf(item), reason: 'ChangedByOthers', message } }
  }
  const says = `${called(item)}: ${describe(state.to)} → ${describe(state.from)}`
  return { action: patch(item, run, says, { ...levelSpec(state.from) }, forget) }
}

function describe(level: number | boolean): string {
  if (typeof level === 'number') return `replicas ${level}`
  return level ? 'suspended' : 'not suspended'
}
