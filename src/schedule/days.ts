import type { Cron } from './expression.ts'
import type { Item } from './item.ts'

/** The days of a month as bits 1 to 31. `first`: weekday of its first day, 0 is Sunday; `length`: its number of days. */
export function daysOf(cron: Cron, first: number, length: number): number {
  const { daysOfMonth, daysOfWeek } = cron
  const all = 2 ** (length + 1) - 2
  if (!daysOfMonth && !daysOfWeek) return all
  let days = 0
  for (const item of daysOfMonth ?? []) days |= daysInMonth(item, length)
  for (const item of daysOfWeek ?? []) days |= weekdaysInMonth(item, first, length)
  return days & all
}

function daysInMonth(item: Item, length: number): number {
  if (item.kind === 'LastDay') return 1 << length
  let days = 0
  if (item.kind === 'Range') for (let day = item.from; day <= item.to; day += item.step) days |= 1 << day
  return days
}

function weekdaysInMonth(item: Item, first: number, length: number): number {
  /** The first day of the month with this weekday. */
  const on = (weekday: number) => 1 + ((weekday - first + 7) % 7)
  switch (item.kind) {
    case 'NthWeekday': {
      const day = on(item.weekday) + 7 * (item.nth - 1)
      return day <= length ? 1 << day : 0
    }
    case 'LastWeekday': {
      const day = on(item.weekday)
      return 1 << (day + 7 * Math.floor((length - day) / 7))
    }
    case 'Range': {
      let days = 0
      for (let weekday = item.from; weekday <= item.to; weekday += item.step)
        for (let day = on(weekday % 7); day <= length; day += 7) days |= 1 << day
      return days
    }
    case 'LastDay':
      return 0
  }
}
