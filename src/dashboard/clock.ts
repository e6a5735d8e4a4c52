import { useEffect, useState } from 'preact/hooks'
import { type Instant, SECOND } from '../lib/instant.ts'

/** Milliseconds by which the operator's clock is ahead of the browser's: what is shown is told by the operator's. */
let ahead = 0
const subscribers = new Set<() => void>()
let isTicking = false

export function now(): Instant {
  return Date.now() + ahead
}

/** The operator has said what time it is. */
export function clockSays(time: Instant): void {
  ahead = time - Date.now()
}

/** What `read` makes of the time; the component is rendered again when that changes, looked at every second. */
export function useTime<T extends string | number>(read: (now: Instant) => T): T {
  const value = read(now())
  const [, setValue] = useState(value)
  useEffect(() => {
    const tick = () => setValue(read(now()))
    subscribers.add(tick)
    if (!isTicking) {
      isTicking = true
      setInterval(() => {
        if (!document.hidden) for (const subscriber of subscribers) subscriber()
      }, SECOND)
    }
    return () => void subscribers.delete(tick)
  })
  return value
}
