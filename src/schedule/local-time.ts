import type { Instant } from '../lib/instant.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** Local wall-clock time with its offset, `2026-11-24T20:00:00+01:00`; the form of `status.nextRuns`. */
export function localTime(at: Instant, zone: string): string {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    })
    formats.set(zone, format)
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  // Some versions of the zone data write an offset of zero as 'GMT', others as 'GMT+00:00'.
  const offset = (part['timeZoneName'] ?? '').replace('GMT', '') || '+00:00'
  return `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}${offset}`
}
