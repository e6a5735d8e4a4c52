import { type Instant, instantOf } from '../lib/instant.ts'
import { UNITS } from '../lib/relative.ts'
import { misuse } from './io.ts'

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

/** What `--timeout` says. Milliseconds. @throws CommandError */
export function timeoutOf({ timeout }: { readonly timeout: string }): number {
  const length = durationOf(timeout)
  if (length === undefined || length === 0) misuse(`--timeout=${timeout}: must be a duration such as 90s, 10m or 2h`)
  return length
}
