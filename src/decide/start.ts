import { type Instant, SECOND } from '../lib/instant.ts'
import type { Decision, Situation } from './decision.ts'
import type { StatusEvent } from './events.ts'
import { type RunRef, runId } from './run.ts'
import { timeWithoutSlot } from './slots.ts'
import { namespacesOf } from './targets.ts'

/** A run that is held back this long says so in the status. */
export const WAITING_AFTER = 10 * SECOND

type Run = Omit<RunRef, 'namespaces'> & { readonly namespaces?: readonly string[] }

/** A run may start, or says that it waits; without namespaces on the targets of its spec. */
export function start(
  situation: Situation,
  rule: string,
  wanted: Run,
  events: readonly StatusEvent[],
  message: string,
): Decision {
  const { task, world } = situation
  const namespaces = wanted.namespaces ?? namespacesOf(task, wanted.operation, world.resolved(wanted.id))
  if (!namespaces) return { rule, do: 'Resolve', run: wanted.id, message: 'asks which namespaces have the labels' }
  const run = { ...wanted, namespaces }
  return heldBack(situation, rule) ?? { rule, do: 'Start', run, events, message, ...waitingSoon(situation) }
}

/** A wake that no slot explains is dated at what made it necessary, else at its claim. */
export function startWake(
  situation: Situation,
  rule: string,
  namespaces: readonly string[],
  message: string,
  slotTime = timeWithoutSlot(situation.task, situation.now),
): Decision {
  const id = runId(situation.task.uid, 'wake', 'Schedule', slotTime)
  const run = { id, operation: 'wake', reason: 'Schedule', slotTime, due: slotTime, namespaces } as const
  return start(situation, rule, run, [], message)
}

/** After ten seconds of waiting for a namespace: `phase: Waiting`, written once. */
export function heldBack({ task, now, world }: Situation, rule: string): Decision | undefined {
  const held = world.heldBack
  if (!held || now < held.since + WAITING_AFTER || task.status.activeRun) return undefined
  // Once: who is ahead changes often, and hundreds may stand in line.
  if (task.status.phase === 'Waiting') return undefined
  return { rule, do: 'Write', message: held.message, events: [{ event: 'Waiting', rule, message: held.message }] }
}

/** Something else has to come first: after ten seconds `phase: Waiting` says what. `looks`: when that may change by itself. */
export function waits(
  { task, now }: Situation,
  rule: string,
  since: Instant,
  message: string,
  looks: readonly Instant[],
): Decision {
  const soon = since + WAITING_AFTER
  const { phase, lastMessage } = task.status
  if (now >= soon && (phase !== 'Waiting' || lastMessage !== message)) {
    return { rule, do: 'Write', message, events: [{ event: 'Waiting', rule, message }] }
  }
  const lookAgain = Math.min(...looks, ...(now < soon ? [soon] : []))
  return { rule, do: 'Nothing', message, ...(Number.isFinite(lookAgain) && { lookAgain }) }
}

function waitingSoon({ now, world }: Situation) {
  const since = world.heldBack?.since
  return since !== undefined && now < since + WAITING_AFTER ? { lookAgain: since + WAITING_AFTER } : {}
}
