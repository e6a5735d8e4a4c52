import type { Instant } from '../lib/instant.ts'
import { type Cron, isHashed, parse } from './expression.ts'
import { rememberingGaps } from './gaps.ts'
import type { Timetable } from './slots.ts'
import { type DaylightSaving, REAL_TIME, type Span, spansIn } from './spans.ts'
import { DAY, lastWall, nextWall } from './wall.ts'
import { checkZone } from './zone.ts'

export interface Schedule extends Partial<DaylightSaving> {
  readonly expression: string
  /** An IANA name. */
  readonly zone: string
  /** `namespace/name` of the task, which picks the values of `H`. */
  readonly hashKey?: string
}

/** Tasks with the same schedule share one timetable; this many are remembered for the next one. */
const REMEMBERED = 20_000
const shared = new Map<string, Timetable>()

/** A schedule that is in use has to come again after this. */
const PRESENT = Date.UTC(2026)

/**
 * A fixed local time (neither `*` nor `/` in the hour) follows the clock on the wall, by the two policies on the days on
 * which it is set; other schedules follow real time.
 * @throws Error whose message is meant for the author of the schedule
 */
export function timetable(schedule: Schedule): Timetable {
  const { expression, zone, skippedTime = 'RunAfter', repeatedTime = 'First' } = schedule
  const hashKey = isHashed(expression) ? schedule.hashKey : undefined
  return remembered([zone, expression, skippedTime, repeatedTime, hashKey], () => {
    checkZone(zone)
    const cron = parse(expression, hashKey)
    const policy = cron.fixed ? { skippedTime, repeatedTime } : REAL_TIME
    // Different texts often mean the same, those with H above all.
    return remembered([zone, cron, policy], () => comingBack(expression, zone, cron, policy))
  })
}

function remembered(about: readonly unknown[], make: () => Timetable): Timetable {
  const key = JSON.stringify(about)
  const known = shared.get(key)
  if (known) return known
  const made = make()
  for (const oldest of shared.keys()) {
    if (shared.size < REMEMBERED) break
    shared.delete(oldest)
  }
  shared.set(key, made)
  return made
}

/** @throws Error when there will never be a slot */
function comingBack(expression: string, zone: string, cron: Cron, policy: DaylightSaving): Timetable {
  if (nextWall(cron, PRESENT) === undefined) throw new Error(`'${expression}' names a date that never comes`)
  const made = rememberingGaps(walk(cron, spansIn(zone, policy)))
  if (made.nextAfter(PRESENT) !== undefined) return made
  throw new Error(
    `'${expression}' names only times that the clocks of ${zone} skip: write another time, or let it run after the gap (daylightSaving.skippedTime: RunAfter)`,
  )
}

/** Nothing comes again after so long a time without a slot. */
const HORIZON = 42 * 366 * DAY

function walk(cron: Cron, spansAt: (instant: Instant) => readonly Span[]): Timetable {
  const isSkipped = ({ skipped }: Span) =>
    skipped !== undefined && (nextWall(cron, skipped.from) ?? Infinity) < skipped.until
  return {
    nextAfter(instant) {
      let at = instant + 1
      while (at <= instant + HORIZON) {
        const span = spansAt(at).find(({ until }) => until > at)
        if (!span) at = nextYear(at)
        else {
          if (span.from >= at && isSkipped(span)) return span.from
          const wall = nextWall(cron, Math.max(at, span.from) + span.offset)
          if (wall === undefined) return undefined
          const next = wall - span.offset
          if (next < span.until) return next
          // Local time may go back, within a day from here; beyond, nothing comes earlier than two days before `next`.
          at = span.until > at + 2 * DAY ? Math.max(span.until, next - 2 * DAY) : span.until
        }
      }
      return undefined
    },
    lastAtOrBefore(instant) {
      let at = instant
      while (at >= instant - HORIZON) {
        const span = spansAt(at).findLast(({ from }) => from <= at)
        if (!span) at = thisYear(at) - 1
        else {
          const wall = lastWall(cron, Math.min(at, span.until - 1) + span.offset)
          const last = wall === undefined ? undefined : wall - span.offset
          if (last !== undefined && last >= span.from) return last
          if (isSkipped(span)) return span.from
          if (last === undefined) return undefined
          at = span.from < at - 2 * DAY ? Math.min(span.from - 1, last + 2 * DAY) : span.from - 1
        }
      }
      return undefined
    },
  }
}

function thisYear(instant: Instant): Instant {
  return Date.UTC(new Date(instant).getUTCFullYear())
}

function nextYear(instant: Instant): Instant {
  return Date.UTC(new Date(instant).getUTCFullYear() + 1)
}

/** Up to `limit` slots strictly after `after` and at or before `until`, oldest first. */
export function slotsBetween(table: Timetable, after: Instant, until: Instant, limit: number): readonly Instant[] {
  const slots: Instant[] = []
  for (let at = table.nextAfter(after); at !== undefined && at <= until; at = table.nextAfter(at)) {
    if (slots.push(at) >= limit) break
  }
  return slots
}
