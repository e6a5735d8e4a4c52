import { HOUR, type Instant, MINUTE } from '../lib/instant.ts'
import { localTime } from './local-time.ts'
import { type Schedule, timetable } from './timetable.ts'
import { DAY } from './wall.ts'
import { type Change, zoneClock } from './zone-clock.ts'

/** What the clocks of the zone do to a slot, in words; `undefined` when they are not set around it. */
export function clockNote(schedule: Schedule, slot: Instant): string | undefined {
  const { zone } = schedule
  const change = zoneClock(zone)
    .changesAround(new Date(slot).getUTCFullYear())
    .find(({ at }) => Math.abs(slot - at) < DAY)
  if (!change) return undefined
  const { at, before, after } = change
  const time = (instant: Instant) => localTime(instant, zone).slice(11, 16)
  if (after > before) {
    if (slot !== at || hasSlot({ ...schedule, skippedTime: 'Skip' }, slot)) return undefined
    return `the clocks go forward: its time does not exist that day, so it runs at ${time(slot)}, right after the gap`
  }
  const twice = before - after
  const isTwice = slot >= at - twice && slot < at + twice
  if (!isTwice) return undefined
  return `the clocks go back by ${lengthOf(change)}: ${time(slot)} comes twice, this is the ${slot < at ? 'first' : 'second'}`
}

function hasSlot(schedule: Schedule, at: Instant): boolean {
  return timetable(schedule).lastAtOrBefore(at) === at
}

function lengthOf({ before, after }: Change): string {
  const length = Math.abs(after - before)
  return length % HOUR === 0 ? `${length / HOUR} h` : `${length / MINUTE} min`
}
