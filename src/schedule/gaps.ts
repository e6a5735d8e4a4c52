import type { Instant } from '../lib/instant.ts'
import type { Timetable } from './slots.ts'

/** Of one timetable: around now, and around each of the next runs that a status tells. */
const REMEMBERED = 8

/**
 * The same timetable, which remembers the gaps that it was asked about last: from a slot until the next one both answers stay
 * as they are. Each look at a task asks for the same few, and so does each other task of this schedule.
 */
export function rememberingGaps(table: Timetable): Timetable {
  // In turn, a slot and the next one: numbers by themselves take a fraction of what objects would, for thousands of schedules.
  const gaps: Instant[] = []
  let oldest = 0
  /** Where the slot stands that begins the gap of this instant; -1 when none of those has it. */
  const placeOf = (instant: Instant): number => {
    for (let place = 0; place < gaps.length; place += 2)
      if ((gaps[place] as Instant) <= instant && instant < (gaps[place + 1] as Instant)) return place
    return -1
  }
  const keep = (last: Instant | undefined, next: Instant | undefined) => {
    if (last === undefined || next === undefined) return
    gaps[oldest] = last
    gaps[oldest + 1] = next
    oldest = (oldest + 2) % (2 * REMEMBERED)
  }
  return {
    nextAfter(instant) {
      const place = placeOf(instant)
      if (place >= 0) return gaps[place + 1]
      const next = table.nextAfter(instant)
      keep(table.lastAtOrBefore(instant), next)
      return next
    },
    lastAtOrBefore(instant) {
      const place = placeOf(instant)
      if (place >= 0) return gaps[place]
      const last = table.lastAtOrBefore(instant)
      keep(last, table.nextAfter(instant))
      return last
    },
  }
}
