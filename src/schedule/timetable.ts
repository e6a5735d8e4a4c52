import { Cron } from 'croner'
import type { Instant } from '../lib/instant.ts'
import { SECOND } from '../lib/instant.ts'
import { fiveFields } from './expression.ts'
import { wallClock } from './wall-clock.ts'
import { checkZone } from './zone.ts'

/** The slots of one cron expression in one time zone. */
export interface Timetable {
  readonly expression: string
  readonly zone: string
  /** The first slot strictly after `instant`; `undefined` when there is none. */
  nextAfter(instant: Instant): Instant | undefined
  /** The last slot at or before `instant`; `undefined` when there is none. */
  lastAtOrBefore(instant: Instant): Instant | undefined
}

/**
 * Parsed expressions are large (80 KB each), so all tasks with the same expression and zone share one.
 * Only valid ones are kept; the number of different pairs in a cluster is small.
 */
const shared = new Map<string, Timetable>()

/**
 * A fixed local time (no `*` and no step in the hour) that does not exist on a day fires at the first instant after the
 * gap, one that comes twice fires the first time; others follow real time.
 * @throws Error whose message is meant for the author of the schedule
 */
export function timetable(expression: string, zone: string): Timetable {
  const key = `${zone} ${expression}`
  const known = shared.get(key)
  if (known) return known
  checkZone(zone)
  const fields = fiveFields(expression)
  const [, hour = ''] = fields.split(' ')
  const made = { expression, zone, ...(/[*/]/.test(hour) ? realTimes(fields, zone) : fixedTimes(fields, zone)) }
  if (made.nextAfter(0) === undefined) throw new Error(`'${expression}' names a date that never comes`)
  shared.set(key, made)
  return made
}

type Slots = Pick<Timetable, 'nextAfter' | 'lastAtOrBefore'>

function realTimes(fields: string, zone: string): Slots {
  const cron = new Cron(fields, { timezone: zone, mode: '5-part', paused: true })
  return {
    nextAfter: instant => cron.nextRun(new Date(instant))?.getTime(),
    // The library answers strictly before and looks at whole seconds only; slots are whole minutes.
    lastAtOrBefore: instant =>
      cron.previousRuns(1, new Date((Math.floor(instant / SECOND) + 1) * SECOND))[0]?.getTime(),
  }
}

/**
 * The library counts what the clock on the wall shows, as if it were UTC; when that is, is decided here. Its own rule
 * stays within the day, and so loses what a gap up to midnight has swallowed (23:30 in America/Nuuk, every spring).
 */
function fixedTimes(fields: string, zone: string): Slots {
  const shown = realTimes(fields, 'UTC')
  const wall = wallClock(zone)
  return {
    nextAfter(instant) {
      // What the clock shows by now has been shown before or just now; while it shows an hour again, more has.
      for (let next = shown.nextAfter(wall.at(instant)); next !== undefined; next = shown.nextAfter(next)) {
        const at = wall.first(next)
        if (at > instant) return at
      }
      return undefined
    },
    lastAtOrBefore(instant) {
      const now = wall.at(instant)
      let last = shown.lastAtOrBefore(now)
      for (let next = shown.nextAfter(now); next !== undefined; next = shown.nextAfter(next)) {
        if (wall.first(next) > instant) break
        last = next
      }
      return last === undefined ? undefined : wall.first(last)
    },
  }
}

/** Up to `limit` slots strictly after `after` and at or before `until`, oldest first. */
export function slotsBetween(table: Timetable, after: Instant, until: Instant, limit: number): readonly Instant[] {
  const slots: Instant[] = []
  for (let at = table.nextAfter(after); at !== undefined && at <= until; at = table.nextAfter(at)) {
    if (slots.push(at) >= limit) break
  }
  return slots
}
