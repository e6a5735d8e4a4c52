import type { HistoryEntry, ScheduledTask } from '../api/task.ts'
import { instantOf } from '../lib/instant.ts'
import { relative } from '../lib/relative.ts'

/** What is followed: the run that answers a request. */
export interface Wanted {
  readonly uid: string
  readonly request: 'run' | 'wake'
  readonly token: string
  /** The id of the run, which follows from the others. */
  readonly id: string
}

/** Where a run is: under way, with what to tell of it, or ended. */
export type Progress =
  | { readonly done: false; readonly taken: boolean; readonly says: string }
  | { readonly done: true; readonly ok: boolean; readonly says: string; readonly entry?: HistoryEntry }

/** Reads off a task how far the run is that a request asked for. */
export function progressOf({ metadata, spec, status }: ScheduledTask, wanted: Wanted, now: number): Progress {
  const { request, token, id, uid } = wanted
  if (metadata.uid !== uid) return failed('the task was deleted, and there is another one of this name now')
  const entry = status?.history?.find(one => one.id === id)
  const active = status?.activeRun
  if (active?.id === id) {
    const next = instantOf(active.nextAttemptTime)
    if (next === undefined || next <= now) return under(`running, attempt ${active.attempt}`)
    return under(
      `attempt ${active.attempt - 1} failed (${status?.lastMessage ?? ''}), the next one ${relative(next, now)}`,
    )
  }
  if (entry)
    return {
      done: true,
      ok: isGood(entry),
      says: `${entry.result} (${entry.resultReason}): ${status?.lastMessage}`,
      entry,
    }
  if (status?.handled?.[request] === token) {
    // Without a history (spec.historyLimit: 0) only the last result is known.
    const { lastResult = 'Succeeded', lastMessage = '' } = status
    return { done: true, ok: lastResult === 'Succeeded', says: `${lastResult}: ${lastMessage}` }
  }
  const asked = metadata.annotations?.[`rota.dev/${request}`]
  if (asked !== token) return failed(`another request has taken its place: rota.dev/${request} is ${asked ?? 'gone'}`)
  const stalled = status?.conditions?.find(({ type }) => type === 'Stalled')
  // An open breaker lets requests pass; whatever else stalls a task does not.
  if (stalled && stalled.reason !== 'TooManyFailures') return failed(`the task is stalled: ${stalled.message}`)
  if (active) return waiting(`waiting: run ${active.id} (${active.operation}) is active`)
  if (status?.phase === 'Waiting') return waiting(status.lastMessage ?? 'waiting')
  return waiting(spec.suspend ? 'requested (the task is suspended, a request runs all the same)' : 'requested')
}

/** A cached answer stands for a success. */
function isGood({ result, resultReason }: HistoryEntry): boolean {
  return result === 'Succeeded' || resultReason === 'Cached'
}

const under = (says: string): Progress => ({ done: false, taken: true, says })
const waiting = (says: string): Progress => ({ done: false, taken: false, says })
const failed = (says: string): Progress => ({ done: true, ok: false, says })
