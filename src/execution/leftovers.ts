import { FaultError, faultIn } from '../api/fault.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { SECOND } from '../lib/instant.ts'
import type { Leftovers, Reader, RunContext } from '../operations/contract.ts'
import type { Calls } from './ports.ts'
import { faultSummary } from './summary.ts'

/** So long it is tried, and waited for: pods have half a minute to end unless they say otherwise. */
const PATIENCE = 60 * SECOND
const POLL = SECOND / 2

/**
 * Takes away what must not outlive a run, and waits until it is gone, however the run ended.
 * @returns what is still there, and why; `undefined`: nothing
 */
export async function endLeftovers(
  leftovers: (run: RunContext, read: Reader) => Promise<Leftovers>,
  run: RunContext,
  calls: (signal: AbortSignal) => Calls,
  clock: Clock,
  stop: AbortSignal,
): Promise<string | undefined> {
  const end = new AbortController()
  const cancel = clock.at(clock.now() + PATIENCE, () => end.abort())
  const signal = AbortSignal.any([end.signal, stop])
  const as = calls(signal)
  let open: string | undefined
  try {
    while (!signal.aborted) {
      const why = await step()
      if (why === undefined || why.final) return why?.says
      open = why.says
      await pause(clock, POLL, signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    cancel()
  }
  return open

  async function step(): Promise<{ readonly says: string; readonly final: boolean } | undefined> {
    try {
      const { actions, open: what } = await leftovers(run, as)
      for (const action of actions) {
        const result = await as.carryOut(action, false)
        if (typeof result === 'object' && result.class !== 'Gone') throw new FaultError(result)
      }
      return what === undefined ? undefined : { says: what, final: false }
    } catch (error) {
      const fault = faultIn(error)
      return { says: faultSummary([fault]), final: fault.class === 'Refused' || fault.class === 'Invalid' }
    }
  }
}
