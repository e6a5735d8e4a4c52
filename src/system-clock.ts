import type { Clock } from './lib/clock.ts'

/**
 * Timers follow the monotonic clock, due times the wall clock. So that a wall clock that is set is noticed, and
 * because a longer timeout than 2^31 ms fires at once, nobody sleeps longer than this.
 */
const LONGEST_SLEEP = 60_000

/** The real clock. `offset` (milliseconds, may change) shifts its wall time. */
export function systemClock(offset: () => number = () => 0): Clock {
  const now = () => Date.now() + offset()
  return {
    now,
    monotonic: () => performance.now(),
    at(when, wake) {
      let timer: NodeJS.Timeout
      const latest = performance.now() + when - now()
      const left = () => Math.min(when - now(), latest - performance.now())
      const sleep = () => {
        // Node cuts off a fraction, and who is woken too early has to sleep once more.
        const wait = Math.min(Math.ceil(left()), LONGEST_SLEEP)
        timer = setTimeout(() => (left() <= 0 ? wake() : sleep()), Math.max(0, wait))
      }
      sleep()
      return () => clearTimeout(timer)
    },
  }
}
