import { type Instant, MINUTE, SECOND } from '../lib/instant.ts'

/** What a clock on the wall shows, counted as if it were UTC: 02:30 anywhere is 02:30 here. Milliseconds. */
export type Wall = number

/** The clock on the wall in one time zone. */
export interface WallClock {
  at(instant: Instant): Wall
  /** When it first shows this, or where it never does: the first instant after the gap. Never falls as `wall` rises. */
  first(wall: Wall): Instant
}

const DAY = 24 * 60 * MINUTE

/** @throws RangeError for a zone that does not exist */
export function wallClock(zone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const offset = (instant: Instant) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value)
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / SECOND) * SECOND
  }
  return {
    at: instant => instant + offset(instant),
    first(wall) {
      // No zone changes twice within two days, and none is a day away from UTC.
      const before = offset(wall - DAY)
      const after = offset(wall + DAY)
      const early = wall - before
      if (before === after || offset(early) === before) return early
      const late = wall - after
      return offset(late) === after ? late : changeBetween(late, early, instant => offset(instant) === after)
    },
  }
}

/** The first instant (to the second) at which it has changed; at `from` it has not, at `until` it has. */
function changeBetween(from: Instant, until: Instant, hasChanged: (instant: Instant) => boolean): Instant {
  let [low, high] = [from, until]
  while (high - low > SECOND) {
    const middle = low + Math.floor((high - low) / SECOND / 2) * SECOND
    if (hasChanged(middle)) high = middle
    else low = middle
  }
  return high
}
