import type { HistoryEntry, Status } from '../api/task.ts'

/** A status object stays below this, whatever happens, so that it can always be written. */
export const STATUS_BYTES = 16 * 1024

const encoder = new TextEncoder()

/** Drops `output`, then `error`, then whole history entries, each from the oldest up, until the status fits. */
export function fitted(status: Status): Status {
  let excess = size(status) - STATUS_BYTES
  const history = [...(status.history ?? [])]
  if (excess < 0 || history.length === 0) return status
  for (const text of ['output', 'error'] as const) {
    for (let at = history.length - 1; at >= 0 && excess >= 0; at--) {
      const { [text]: dropped, ...rest } = history[at] as HistoryEntry
      if (dropped === undefined) continue
      excess -= size(dropped)
      history[at] = rest
    }
  }
  while (excess >= 0 && history.length > 0) excess -= size(history.pop())
  return { ...status, history }
}

function size(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length
}
