import { type Instant, MINUTE } from '../lib/instant.ts'
import { zoneClock } from './zone-clock.ts'

/** Local wall-clock time with its offset, `2026-11-24T20:00:00+01:00`; the form of `status.nextRuns`. */
export function localTime(at: Instant, zone: string): string {
  const offset = zoneClock(zone).offsetAt(at)
  const minutes = Math.floor(Math.abs(offset) / MINUTE)
  const two = (n: number) => String(n).padStart(2, '0')
  const sign = offset < 0 ? '-' : '+'
  const local = new Date(at + offset).toISOString().slice(0, 19)
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
