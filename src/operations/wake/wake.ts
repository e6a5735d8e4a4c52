import type { Fault } from '../../api/fault.ts'
import { SLEEP_ANNOTATION } from '../../api/names.ts'
import type { Action, LeftOut, Operation, Plan, Reader, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { called, doneBy, isDone, leftOutOfScaling, patch, targetOf } from '../shared/items.ts'
import { changeTo, described, isAtMost, levelOf, offLevel, step as stepText, unscalable } from '../shared/level.ts'
import { kindsNamed, listAll, withScale } from '../shared/observe.ts'
import { type Choice, chosen } from '../shared/selector.ts'
import { type Gone, goneOn, isAsleep, isOwn, keptOn, otherHolders, type SleepState } from '../shared/sleep-state.ts'
import { undone } from '../shared/undone.ts'
import { notReady } from '../shared/verify.ts'
import { OPTIONAL, rightsOfSleep } from '../sleep/sleep.ts'

/** Whose sleep ends: that of this task, or with the stand-alone operation everybody's. */
export interface WakeSpec {
  readonly holders: 'Own' | 'All'
  readonly kinds: readonly string[]
  /** Of the stand-alone operation. A task's own sleep ends everywhere, whatever its selectors say by now. */
  readonly choice: Choice
  readonly verify?: { readonly timeoutSeconds: number }
}

/** Puts back what a sleep kept, once nobody holds the object asleep any more. */
export const wake: Operation<WakeSpec, SeenForWake> = {
  name: 'wake',
  pastTense: 'woke',
  participle: 'woken',
  rights: ({ kinds }, discovery) => rightsOfSleep({ kinds }, discovery),
  observe,
  plan,
  async undone(spec, run, read) {
    const { items } = await looked(spec, run, read)
    // Put back to sleep by somebody.
    return undone(items, run, (item, level) => isAtMost(level, offLevel(item, 0)))
  },
  async unverified(spec, run, read) {
    return notReady(await looked(spec, run, read), run)
  },
}

interface SeenForWake extends Seen {
  readonly gone: Gone
}

async function observe(spec: WakeSpec, run: RunContext, read: Reader): Promise<SeenForWake> {
  const seen = await looked(spec, run, read)
  return { ...seen, gone: await goneOn(seen.items, run) }
}

/** What is there, whoever holds it asleep. */
async function looked({ kinds }: WakeSpec, run: RunContext, read: Reader): Promise<Seen> {
  const named = await kindsNamed(kinds, read, OPTIONAL, kind => unscalable(kind, true))
  const listed = await listAll(read, named.kinds, run)
  // Only of those that sleep it matters at which level they are; a limit in percent is one of all.
  const isConcerned = (item: Item) => keptOn(item) !== 'None' || isDone(item, run)
  const { items, faults } = await withScale(read, { ...listed, items: listed.items.filter(isConcerned) })
  const others = listed.items.filter(item => !isConcerned(item))
  return { items: [...items, ...others], faults: [...named.faults, ...faults] }
}

type Step =
  | { readonly action: Action; readonly left?: LeftOut }
  | { readonly left: LeftOut }
  | { readonly fault: Fault }
  | 'NotHeld'

function plan(spec: WakeSpec, seen: SeenForWake, run: RunContext): Plan {
  const items = chosen(seen.items, spec.choice)
  const steps = items.map(item => step(spec, item, run, seen.gone)).filter(at => at !== 'NotHeld')
  return {
    actions: steps.flatMap(at => ('action' in at ? [at.action] : [])),
    done: doneBy(run, items),
    already: 0,
    left: steps.flatMap(at => ('left' in at && at.left ? [at.left] : [])),
    faults: [...seen.faults, ...steps.flatMap(at => ('fault' in at ? [at.fault] : []))],
  }
}

function step(spec: WakeSpec, item: Item, run: RunContext, gone: Gone): Step {
  const state = keptOn(item)
  if (state === 'None' || isDone(item, run)) return 'NotHeld'
  const isHeld = typeof state !== 'object' || state.holders.some(holder => isOwn(holder, run))
  if (spec.holders === 'Own' && !isHeld) return 'NotHeld'
  const left = leftOutOfScaling(item)
  // Controllers copy annotations to what they control.
  if (left?.reason === 'Owned' && state === 'Foreign') return 'NotHeld'
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
  const others = spec.holders === 'All' ? [] : otherHolders(state, run, gone)
  // Once somebody has changed the value nobody holds it any more.
  return isAsleep(item, state) && others.length > 0 ? keepAsleep(item, state, others, run) : restore(item, state, run)
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
  if (!isAsleep(item, state)) {
    // Of two writes the second may be missing: put back, and not yet forgotten.
    if (item.kind.scale && current === state.from)
      return { action: patch(item, run, `${called(item)}: ${stepText(state.to, current)}`, {}, forget) }
    const message = `changed to ${described(current)} in its sleep: left so`
    const action = patch(item, run, `${called(item)}: ${message}`, {}, forget)
    return { action, left: { target: targetOf(item), reason: 'ChangedByOthers', message } }
  }
  const says = `${called(item)}: ${stepText(current, state.from)}`
  return { action: patch(item, run, says, changeTo(state.from, item), forget) }
}
