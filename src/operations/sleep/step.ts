import type { Fault } from '../../api/fault.ts'
import { SLEEP_ANNOTATION } from '../../api/names.ts'
import type { Action, LeftOut, RunContext } from '../contract.ts'
import type { Item } from '../item.ts'
import { called, isDone, leftOutOfScaling, patch, targetOf } from '../shared/items.ts'
import { changeTo, described, isAtMost, isScaledObject, levelOf, offLevel, step as stepText } from '../shared/level.ts'
import {
  type Gone,
  isAsleep,
  isLevel,
  isOwn,
  keptOn,
  otherHolders,
  type SleepState,
  withHolder,
} from '../shared/sleep-state.ts'
import type { Held } from './asleep.ts'

/** What a sleep does with an object, or why nothing; and what the task holds of it then. */
export type Step =
  | { readonly action: Action; readonly held: Held }
  | { readonly done: Item; readonly held?: Held }
  | { readonly already: true; readonly held?: Held }
  | { readonly left: LeftOut }
  | { readonly fault: Fault }

/** What else decides about an object. */
export interface Around {
  readonly replicas: number
  readonly gone: Gone
  autoscalerOf(item: Item): Item | undefined
}

export function step(item: Item, around: Around, run: RunContext): Step {
  const left = leftOutOfScaling(item)
  if (left) return { left }
  const state = keptOn(item)
  if (isDone(item, run) || isHeldFor(state, run)) return halfDone(item, state, run) ?? doneStep(item, state)
  if (state === 'Corrupt') {
    const message = `${called(item)}: annotation ${SLEEP_ANNOTATION} is damaged: restore or remove it by hand`
    return { fault: { class: 'Invalid', reason: 'SleepStateDamaged', message, target: targetOf(item) } }
  }
  const autoscaler = around.replicas > 0 ? autoscaled(item, around) : undefined
  if (autoscaler) return { left: { target: targetOf(item), reason: 'Autoscaled', message: autoscaler } }
  return asleep(item, typeof state === 'object' ? state : undefined, around, run)
}

function asleep(item: Item, state: SleepState | undefined, { replicas, gone }: Around, run: RunContext): Step {
  const target = targetOf(item)
  const current = levelOf(item)
  const off = offLevel(item, replicas)
  const isOff = isAtMost(current, off)
  // What somebody set since the last sleep is the new original; else the first one stays.
  const before = state && isAsleep(item, state) ? state : undefined
  // Already off, and not by a sleep: a wake must leave it off.
  if (!before && isOff) return { already: true }
  const to = isOff ? current : off
  const from = before ? before.from : current
  const holders = withHolder(state ? otherHolders(state, run, gone) : [], run)
  if (!holders) return { left: { target, reason: 'TooManyHolders', message: 'held by 8 other tasks' } }
  const held = { item, from, to }
  const isOurs = before?.holders.some(holder => isOwn(holder, run) && holder.uid === run.task.uid)
  if (isOff && isOurs) return { already: true, held }
  // The annotation could not be read again, and what it holds would be lost.
  if (!isLevel(from))
    return { left: { target, reason: 'TooManyReplicas', message: `${described(from)} is more than can be kept` } }
  const kept = JSON.stringify({ v: 1, uid: item.metadata.uid, from, to, holders })
  const says = `${called(item)}: ${isOff ? 'asleep already, now for this task too' : stepText(current, to)}`
  const change = isOff ? {} : changeTo(to, item)
  return { action: patch(item, run, says, change, { [SLEEP_ANNOTATION]: kept }, before !== undefined), held }
}

/** Where another run has put its mark since, what is kept for the wake still says that this one was here. */
function isHeldFor(state: ReturnType<typeof keptOn>, run: RunContext): boolean {
  return typeof state === 'object' && state.holders.some(holder => isOwn(holder, run) && holder.run === run.id)
}

/** A scale subresource cannot carry the mark: this run may have ended between the two writes. */
function halfDone(item: Item, state: ReturnType<typeof keptOn>, run: RunContext): Step | undefined {
  if (!item.kind.scale || typeof state !== 'object') return undefined
  const { from, to } = state
  if (levelOf(item) !== from || from === to) return undefined
  const kept = item.metadata.annotations?.[SLEEP_ANNOTATION] ?? ''
  const action = patch(item, run, `${called(item)}: ${stepText(from, to)}`, changeTo(to, item), {
    [SLEEP_ANNOTATION]: kept,
  })
  return { action, held: { item, from, to } }
}

function doneStep(item: Item, state: ReturnType<typeof keptOn>): Step {
  return typeof state === 'object' ? { done: item, held: { item, from: state.from, to: state.to } } : { done: item }
}

function autoscaled(item: Item, { autoscalerOf }: Around): string | undefined {
  if (isScaledObject(item)) return 'KEDA decides how many run'
  const by = autoscalerOf(item)
  return by && `scaled by ${called(by)}`
}
