import PQueue from 'p-queue'
import type { Action } from '../operations/contract.ts'
import type { Carried } from './ports.ts'

/** Requests of one attempt that are under way at once, so that a large namespace leaves room for the others. */
export const IN_FLIGHT_PER_ATTEMPT = 8

/**
 * Carries out all actions, whatever becomes of single ones; answers in their order. Once the signal is aborted no
 * further action is begun, and the promise settles when those under way have ended.
 * @throws what `one` throws: a call that was aborted, never a fault of a target
 */
export async function carryOut(
  actions: readonly Action[],
  one: (action: Action) => Promise<Carried>,
  signal: AbortSignal,
): Promise<readonly Carried[]> {
  const own = new PQueue({ concurrency: IN_FLIGHT_PER_ATTEMPT })
  const begin = (action: Action) => {
    signal.throwIfAborted()
    return one(action)
  }
  const settled = await Promise.allSettled(actions.map(action => own.add(() => begin(action))))
  return settled.map(one => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
