import { HOUR, type Instant, instantOf, MINUTE, SECOND } from '../lib/instant.ts'

const DAY = 24 * HOUR
const UNITS = { s: SECOND, m: MINUTE, h: HOUR, d: DAY } as const

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

/** `400 ms`, `1.2 s`, `3 min 5 s`. */
export function took(milliseconds: number): string {
  if (milliseconds < SECOND) return `${milliseconds} ms`
  if (milliseconds < MINUTE) return `${(milliseconds / SECOND).toFixed(1)} s`
  return `${Math.floor(milliseconds / MINUTE)} min ${Math.floor((milliseconds % MINUTE) / SECOND)} s`
}

/** Reads `90s`, `10m`, `1h30m`, `3d`; `undefined` for anything else. Milliseconds. */
export function durationOf(text: string): number | undefined {
  if (!/^(\d{1,6}[smhd])+$/.test(text)) return undefined
  let sum = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([smhd])/g))
    sum += Number(count) * UNITS[unit as keyof typeof UNITS]
  return sum
}

/** Reads a time (RFC 3339) or a duration from now. */
export function timeOf(text: string, now: Instant): Instant | undefined {
  const duration = durationOf(text)
  return duration === undefined ? instantOf(text) : now + duration
}
