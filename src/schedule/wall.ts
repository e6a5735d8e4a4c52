import { MINUTE } from '../lib/instant.ts'
import { daysOf } from './days.ts'
import type { Cron } from './expression.ts'

/** What a clock on the wall shows, counted as if it were UTC: 02:30 anywhere is 02:30 here. Milliseconds. */
export type Wall = number

export const DAY = 24 * 60 * MINUTE
const MINUTES_A_DAY = 24 * 60
/**
 * A schedule that does not come within so many months never comes. The rarest one is the fifth Monday (or any other
 * weekday) of a February: every 28 years, and 40 around a year such as 2100.
 */
const HORIZON = 41 * 12

/** The first minute at or after `from` that the expression names, on a calendar without time zones. */
export function nextWall(cron: Cron, from: Wall): Wall | undefined {
  const minute = Math.ceil(from / MINUTE)
  const today = Math.floor(minute / MINUTES_A_DAY)
  const day = nextDay(cron, today)
  if (day === today) {
    const time = nextTime(cron, minute - today * MINUTES_A_DAY)
    if (time !== undefined) return today * DAY + time * MINUTE
  }
  const later = day === today ? nextDay(cron, today + 1) : day
  return later === undefined ? undefined : later * DAY + (nextTime(cron, 0) ?? 0) * MINUTE
}

/** The last minute at or before `until` that the expression names. */
export function lastWall(cron: Cron, until: Wall): Wall | undefined {
  const minute = Math.floor(until / MINUTE)
  const today = Math.floor(minute / MINUTES_A_DAY)
  const day = lastDay(cron, today)
  if (day === today) {
    const time = lastTime(cron, minute - today * MINUTES_A_DAY)
    if (time !== undefined) return today * DAY + time * MINUTE
  }
  const earlier = day === today ? lastDay(cron, today - 1) : day
  return earlier === undefined ? undefined : earlier * DAY + (lastTime(cron, MINUTES_A_DAY - 1) ?? 0) * MINUTE
}

/** Minutes since midnight, likewise below. */
function nextTime({ hours, minutes }: Cron, from: number): number | undefined {
  const hour = Math.floor(from / 60)
  const inHour = hours.includes(hour) ? minutes.find(minute => minute >= from % 60) : undefined
  if (inHour !== undefined) return hour * 60 + inHour
  const later = hours.find(other => other > hour)
  return later === undefined ? undefined : later * 60 + (minutes[0] ?? 0)
}

function lastTime({ hours, minutes }: Cron, until: number): number | undefined {
  const hour = Math.floor(until / 60)
  const inHour = hours.includes(hour) ? minutes.findLast(minute => minute <= until % 60) : undefined
  if (inHour !== undefined) return hour * 60 + inHour
  const earlier = hours.findLast(other => other < hour)
  return earlier === undefined ? undefined : earlier * 60 + (minutes.at(-1) ?? 0)
}

/** Days since the epoch, likewise below. */
function nextDay(cron: Cron, from: number): number | undefined {
  const date = new Date(from * DAY)
  const first = monthOf(date)
  for (let month = first; month < first + HORIZON; month++) {
    const days = daysInMonth(cron, month)
    for (let day = month === first ? date.getUTCDate() : 1; days !== 0 && day <= 31; day++)
      if ((days >>> day) & 1) return dayAt(month, day)
  }
  return undefined
}

function lastDay(cron: Cron, until: number): number | undefined {
  const date = new Date(until * DAY)
  const first = monthOf(date)
  for (let month = first; month > first - HORIZON; month--) {
    const days = daysInMonth(cron, month)
    for (let day = month === first ? date.getUTCDate() : 31; days !== 0 && day > 0; day--)
      if ((days >>> day) & 1) return dayAt(month, day)
  }
  return undefined
}

/** Months since the year 0. */
function monthOf(date: Date): number {
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** Bits 1 to 31. */
function daysInMonth(cron: Cron, month: number): number {
  if (!cron.months.includes(1 + (month % 12))) return 0
  const first = dayAt(month, 1)
  // The epoch was a Thursday.
  return daysOf(cron, (((first + 4) % 7) + 7) % 7, dayAt(month + 1, 1) - first)
}

function dayAt(month: number, day: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12, day) / DAY
}
