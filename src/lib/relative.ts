import { HOUR, type Instant, MINUTE, SECOND } from './instant.ts'

const DAY = 24 * HOUR
export const UNITS = { s: SECOND, m: MINUTE, h: HOUR, d: DAY } as const

/** `3 h`, `45 s`, `2 d`: rounded down, in the largest unit that leaves at least two, as kubectl shows ages. */
export function span(milliseconds: number): string {
  const [unit, size] = (Object.entries(UNITS) as [string, number][]).findLast(
    ([, size]) => milliseconds >= 2 * size,
  ) ?? ['s', SECOND]
  return `${Math.floor(milliseconds / size)} ${unit === 'm' ? 'min' : unit}`
}

/** `in 3 h`, `13 h ago`, `now`. */
export function relative(at: Instant, now: Instant): string {
  if (Math.abs(at - now) < SECOND) return 'now'
  return at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`
}
