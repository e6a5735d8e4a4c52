import type { Clock } from '../../src/lib/clock.ts'
import { systemClock } from '../../src/system-clock.ts'

/** A clock at real speed that can be set forward, never back: creation times are the API server's. */
export interface ShiftedClock extends Clock {
  /** Sets the clock; whatever has come due by that fires. */
  jumpTo(instant: number): void
}

export function shiftedClock(start: number = Date.now()): ShiftedClock {
  let offset = start - Date.now()
  const real = systemClock(() => offset)
  const waiting = new Map<object, { readonly when: number; readonly wake: () => void; cancel: () => void }>()
  return {
    now: real.now,
    monotonic: real.monotonic,
    at(when, wake) {
      const key = {}
      const fire = () => {
        waiting.delete(key)
        wake()
      }
      waiting.set(key, { when, wake: fire, cancel: real.at(when, fire) })
      return () => {
        waiting.get(key)?.cancel()
        waiting.delete(key)
      }
    },
    jumpTo(instant) {
      if (instant < real.now()) throw new Error(`the clock is past ${new Date(instant).toISOString()} already`)
      offset = instant - Date.now()
      for (const entry of [...waiting.values()]) {
        entry.cancel()
        entry.cancel = real.at(entry.when, entry.wake)
      }
    },
  }
}

/** Lets the clock run about eleven times as fast while something is waited for. `step`: milliseconds every tenth of a second. */
export async function inHaste<T>(
  clock: Pick<ShiftedClock, 'now' | 'jumpTo'>,
  wait: () => Promise<T>,
  step = 1000,
): Promise<T> {
  const timer = setInterval(() => clock.jumpTo(clock.now() + step), 100)
  try {
    return await wait()
  } finally {
    clearInterval(timer)
  }
}
