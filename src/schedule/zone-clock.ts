import { type Instant, SECOND } from '../lib/instant.ts'
import { DAY } from './wall.ts'

/** The clocks of a zone are set: from `at` on, local time is UTC plus `after` instead of `before`. Milliseconds. */
export interface Change {
  readonly at: Instant
  readonly before: number
  readonly after: number
}

/** What the zone database knows about one zone. */
export interface ZoneClock {
  /** Local time minus UTC, in milliseconds. */
  offsetAt(instant: Instant): number
  /** All changes of a year (UTC) and of some days before and after it, oldest first. Computed once. */
  changesAround(year: number): readonly Change[]
}

/** So many days beyond a year are looked at too: a change there can repeat an hour of the year. */
const MARGIN = 3

const clocks = new Map<string, ZoneClock>()

/** Shared by everybody who asks for the same zone. @throws RangeError for a zone that does not exist */
export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const ask = (instant: Instant) => offsetOf(format.format(instant))
  const years = new Map<number, Year>()
  const yearOf = (year: number) => {
    const known = years.get(year) ?? yearFrom(ask, Date.UTC(year), Date.UTC(year + 1))
    years.set(year, known)
    return known
  }
  const made: ZoneClock = {
    offsetAt(instant) {
      const { before, changes } = yearOf(new Date(instant).getUTCFullYear())
      return changes.findLast(({ at }) => at <= instant)?.after ?? before
    },
    changesAround: year => yearOf(year).changes,
  }
  clocks.set(zone, made)
  return made
}

/** `1/1/2026, GMT+05:30`; for UTC itself some versions write `GMT`, others `GMT+00:00`. */
function offsetOf(text: string): number {
  const [, sign, hours, minutes, seconds = 0] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  if (sign === undefined) return 0
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * SECOND
  return sign === '-' ? -size : size
}

interface Year {
  /** The offset before all of its changes. */
  readonly before: number
  readonly changes: readonly Change[]
}

/** Looks at every day: no zone has ever been set twice within one. */
function yearFrom(ask: (instant: Instant) => number, from: Instant, until: Instant): Year {
  const changes: Change[] = []
  const first = ask(from - MARGIN * DAY)
  let before = first
  for (let day = from - MARGIN * DAY; day < until + MARGIN * DAY; day += DAY) {
    const after = ask(day + DAY)
    if (after !== before) changes.push({ at: changeAfter(ask, day, before), before, after })
    before = after
  }
  return { before: first, changes }
}

/** The second within the day from `day` on in which the offset is no longer `before`. */
function changeAfter(ask: (instant: Instant) => number, day: Instant, before: number): Instant {
  let [low, high] = [0, DAY / SECOND]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (ask(day + middle * SECOND) === before) low = middle
    else high = middle
  }
  return day + high * SECOND
}
