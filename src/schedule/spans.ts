import type { Instant } from '../lib/instant.ts'
import type { Wall } from './wall.ts'
import { type Change, type ZoneClock, zoneClock } from './zone-clock.ts'

/** What becomes of a fixed local time that does not exist on a day, and of one that comes twice. */
export interface DaylightSaving {
  readonly skippedTime: 'RunAfter' | 'Skip'
  readonly repeatedTime: 'First' | 'Last' | 'Both'
}

/** All real minutes, each once: for schedules that follow real time. */
export const REAL_TIME: DaylightSaving = { skippedTime: 'Skip', repeatedTime: 'Both' }

/**
 * A stretch of time in which local time is UTC plus `offset` and every local time counts. `[from, until)`. Local times
 * that have been skipped just before it (`[skipped.from, skipped.until)`) count as its first instant.
 */
export interface Span {
  readonly from: Instant
  readonly until: Instant
  readonly offset: number
  readonly skipped?: { readonly from: Wall; readonly until: Wall }
}

const shared = new Map<string, (instant: Instant) => readonly Span[]>()

/**
 * The spans of the year (UTC) of an instant, oldest first; an hour that comes twice is cut out of one of them, as the
 * policy says. Computed once for all schedules of a zone.
 * @throws RangeError for a zone that does not exist
 */
export function spansIn(zone: string, policy: DaylightSaving): (instant: Instant) => readonly Span[] {
  const key = [zone, policy.skippedTime, policy.repeatedTime].join(' ')
  const known = shared.get(key)
  if (known) return known
  const clock = zoneClock(zone)
  const years = new Map<number, readonly Span[]>()
  const made = (instant: Instant) => {
    const year = new Date(instant).getUTCFullYear()
    const spans = years.get(year) ?? spansOf(clock, year, policy)
    years.set(year, spans)
    return spans
  }
  shared.set(key, made)
  return made
}

function spansOf(clock: ZoneClock, year: number, policy: DaylightSaving): readonly Span[] {
  const [start, end] = [Date.UTC(year), Date.UTC(year + 1)]
  const changes = clock.changesAround(year)
  const within = changes.filter(({ at }) => at >= start && at < end)
  const spans: Span[] = []
  let next: Omit<Span, 'until'> = { from: start, offset: within[0]?.before ?? clock.offsetAt(start) }
  for (const { at, before, after } of within) {
    spans.push({ ...next, until: at })
    const isGap = after > before && policy.skippedTime === 'RunAfter'
    next = { from: at, offset: after, ...(isGap && { skipped: { from: at + before, until: at + after } }) }
  }
  spans.push({ ...next, until: end })
  return changes.reduce((left, change) => withoutRepeated(left, change, policy), spans as readonly Span[])
}

function withoutRepeated(spans: readonly Span[], { at, before, after }: Change, policy: DaylightSaving) {
  const twice = before - after
  if (twice <= 0 || policy.repeatedTime === 'Both') return spans
  const from = policy.repeatedTime === 'First' ? at : at - twice
  return spans.flatMap(span => without(span, from, from + twice))
}

function without(span: Span, from: Instant, until: Instant): readonly Span[] {
  if (until <= span.from || from >= span.until) return [span]
  const { skipped: _, ...rest } = span
  const parts: readonly Span[] = [
    { ...span, until: from },
    { ...rest, from: until },
  ]
  return parts.filter(part => part.from < part.until)
}
