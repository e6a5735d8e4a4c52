import { FaultError } from '../api/fault.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { SECOND } from '../lib/instant.ts'
import type { Bound, RunContext } from '../operations/contract.ts'
import type { Calls } from './ports.ts'

/** So long it is tried, and waited for. */
const PATIENCE = 30 * SECOND
const POLL = SECOND / 2

/** Takes away what must not outlive a run that was cancelled or timed out; in vain when the cluster does not answer. */
export async function endLeftovers(
  { leftovers }: Bound,
  run: RunContext,
  calls: (signal: AbortSignal) => Calls,
  clock: Clock,
): Promise<void> {
  if (!leftovers) return
  const end = new AbortController()
  const cancel = clock.at(clock.now() + PATIENCE, () => end.abort())
  const { signal } = end
  const as = calls(signal)
  try {
    while (!signal.aborted) {
      const { actions, pending } = await leftovers(run, as)
      for (const action of actions) await as.carryOut(action, false)
      if (pending === undefined) return
      await pause(clock, POLL, signal)
    }
  } catch (error) {
    if (!(error instanceof FaultError) && !signal.aborted) throw error
  } finally {
    cancel()
  }
}
