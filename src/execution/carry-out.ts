import PQueue from 'p-queue'
import type { Action } from '../operations/contract.ts'
import type { Carried } from './ports.ts'

/** Requests of one attempt that want to be under way at once; how many may be is for `flow` to say. */
const IN_FLIGHT_PER_ATTEMPT = 32

/**
 * Carries out the actions, one wave after the other, and those of a wave whatever becomes of single ones; a wave that does
 * not succeed as a whole is the last. Once the signal is aborted no further action is begun, and the promise settles when
 * those under way have ended.
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
  const carried: Carried[] = []
  const waves = [...Map.groupBy(actions, ({ wave = 0 }) => wave)].sort(([a], [b]) => a - b)
  for (const [, wave] of waves) {
    const settled = await Promise.allSettled(wave.map(action => own.add(() => begin(action))))
    for (const end of settled) {
      if (end.status === 'rejected') throw end.reason
      carried.push(end.value)
    }
    if (carried.some(result => typeof result === 'object')) return carried
  }
  return carried
}
