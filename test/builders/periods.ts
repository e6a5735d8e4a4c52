import { MISSED_LIMIT } from '../../src/decide/slots.ts'
import type { Task } from '../../src/decide/task.ts'
import { type Instant, instantOf, rfc3339 } from '../../src/lib/instant.ts'
import { slotsBetween } from '../../src/schedule/timetable.ts'

interface Period {
  readonly lines: Task['lines']
  /** All slots since its beginning as far as they have been asked for, oldest first. */
  readonly slots: Instant[]
  known: Instant
  /** Slot → how many records stand for it. */
  readonly records: Map<Instant, number>
}

/**
 * An account of slots that is kept apart from the product's: while one schedule is in force, every slot up to the
 * newest that was dealt with has exactly one record, and none has one that is not owed.
 */
export class Periods {
  readonly violations: string[] = []
  covered = 0
  #period: Period | undefined
  /** Slots within a hold leave no record, but for the one that a state is in when it ends. */
  readonly #holds: { readonly from: Instant; until: Instant }[] = []

  /** To be told of every write. */
  follow(before: Task, after: Task, now: Instant): void {
    const { schedule } = after.status
    if (sameSchedule(before.status.schedule, schedule)) return
    if (this.#period) this.close(before, now)
    const lines = after.spec.suspend ? [] : after.lines
    this.#period = {
      lines,
      slots: [],
      known: Math.max(instantOf(schedule?.since) ?? now, instantOf(before.status.lastSlotTime) ?? 0),
      records: new Map(),
    }
  }

  /** A hold is set, changed or, without an end, taken back. */
  holds(now: Instant, from: Instant, until = now): void {
    const last = this.#holds.at(-1)
    if (last) last.until = Math.min(last.until, now)
    this.#holds.push({ from, until })
  }

  /** A record stands for this slot and for `count - 1` older ones. */
  covers(slot: Instant, count: number): void {
    if (!this.#period) return
    const { records } = this.#period
    const newestFirst = slotsUntil(this.#period, slot).toReversed()
    if (newestFirst[0] !== slot) this.violations.push(`${rfc3339(slot)} has a record and is not owed`)
    // From so many on it is "at least".
    const open = newestFirst.findIndex(at => records.has(at))
    const all = open < 0 ? newestFirst.length : open
    for (const at of newestFirst.slice(0, count >= MISSED_LIMIT ? all : count)) {
      records.set(at, (records.get(at) ?? 0) + 1)
    }
  }

  close({ status }: Task, now: Instant): void {
    if (!this.#period) return
    const { records } = this.#period
    const settled = Math.min(instantOf(status.lastSlotTime) ?? 0, now)
    for (const slot of slotsUntil(this.#period, settled)) {
      const count = records.get(slot) ?? 0
      const wasHeld = this.#holds.some(({ from, until }) => slot >= from && slot <= until)
      if (count !== 1 && !(count === 0 && wasHeld)) this.violations.push(`${rfc3339(slot)} has ${count} records`)
    }
    this.covered += records.size
    this.#period = undefined
  }
}

function slotsUntil(period: Period, until: Instant): readonly Instant[] {
  const { lines, slots, known } = period
  if (until > known) {
    const more = lines.flatMap(({ timetable }) => slotsBetween(timetable, known, until, Number.POSITIVE_INFINITY))
    slots.push(...[...new Set(more)].sort((a, b) => a - b))
    period.known = until
  }
  return slots.filter(slot => slot <= until)
}

function sameSchedule(a: Task['status']['schedule'], b: Task['status']['schedule']): boolean {
  return a?.key === b?.key && a?.since === b?.since
}
