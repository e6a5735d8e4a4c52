import { listed } from '../lib/text.ts'
import { type Cron, parse, values } from './expression.ts'
import type { Item } from './item.ts'

/** A schedule in plain English: `every weekday at 20:00`, `every 15 minutes`. @throws Error for what is none */
export function inWords(expression: string, hashKey?: string): string {
  const cron = parse(expression, hashKey)
  const days = dayWords(cron)
  const { every, at } = timeWords(cron)
  if (every === undefined) return `${days ?? 'every day'} at ${at}`
  return days === undefined ? every : `${days}, ${every}`
}

/** ` in Berlin`, ` UTC`: what is said after a time. */
export function zoneWords(zone: string): string {
  if (zone === 'UTC' || zone.startsWith('Etc/')) return ` ${zone}`
  return ` in ${(zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')}`
}

/** Times of day up to here are listed, more are described. */
const LISTED = 6
/** So few are listed even if they come in equal distances. */
const FEW = 3
const ALL_HOURS = 24
const ALL_MINUTES = 60

/** Either when in the day, or how often. */
function timeWords({ minutes, hours }: Cron): { readonly every?: string; readonly at?: string } {
  const [minute = 0] = minutes
  const minuteStep = stepOf(minutes, ALL_MINUTES)
  const hourStep = stepOf(hours, ALL_HOURS)
  if (minuteStep !== undefined && minutes.length > 1 && minutes.length * hours.length > FEW) {
    const often = minuteStep === 1 ? 'every minute' : `every ${minuteStep} minutes`
    return { every: often + within(hours, minutes) }
  }
  if (minutes.length === 1 && hours.length > 1) {
    const past = minute === 0 ? '' : ` at ${minute} past`
    if (hours.length === ALL_HOURS) return { every: `every hour${past}` }
    if (hourStep !== undefined && hours[0] === 0 && hours.length > 2) return { every: `every ${hourStep} hours${past}` }
    if (hours.length > 3 && isRow(hours))
      return { every: `every hour from ${clock(hours[0], minute)} to ${clock(hours.at(-1), minute)}` }
  }
  const times = hours.flatMap(hour => minutes.map(each => clock(hour, each)))
  if (times.length <= LISTED) return { at: listed(times, LISTED) }
  const marks = listed(minutes.map(String), ALL_MINUTES)
  const of =
    hours.length === ALL_HOURS
      ? 'every hour'
      : listed(
          spans(hours, hour => clock(hour, 0)),
          ALL_HOURS,
        )
  return { every: `at ${marks} minutes past ${of}` }
}

function within(hours: readonly number[], minutes: readonly number[]): string {
  if (hours.length === ALL_HOURS) return ''
  const [first, last] = [minutes[0], minutes.at(-1)]
  const parts = rows(hours).map(row => `from ${clock(row[0], first)} to ${clock(row.at(-1), last)}`)
  return ` ${listed(parts, ALL_HOURS)}`
}

/** When the values come again and again in the same distance, also from the last one to the first of the next round. */
function stepOf(values: readonly number[], round: number): number | undefined {
  const [first = 0, second = first + round] = values
  const step = second - first
  const isEven = values.every((value, index) => value === first + index * step)
  return isEven && values.length * step === round ? step : undefined
}

function clock(hour = 0, minute = 0): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** `undefined`: every day. Two day fields that are both restricted: either. */
function dayWords({ daysOfMonth, daysOfWeek, months }: Cron): string | undefined {
  const ofMonths = months.length === 12 ? 'the month' : listed(spans(months, monthName), 12)
  const inMonths = months.length === 12 ? '' : ` in ${ofMonths}`
  const parts = [
    ...(daysOfMonth ? monthDayWords(daysOfMonth, ofMonths) : []),
    ...(daysOfWeek ? weekdayWords(daysOfWeek, inMonths, ofMonths) : []),
  ]
  if (!daysOfMonth && !daysOfWeek) return inMonths === '' ? undefined : `every day${inMonths}`
  return parts.some(part => part === undefined) ? undefined : parts.join(' and ')
}

function monthDayWords(items: readonly Item[], of: string): readonly (string | undefined)[] {
  const days = values(items)
  if (days.length === 31) return [of === 'the month' ? undefined : `every day in ${of}`]
  const step = days.length > LISTED ? evenStep(items) : undefined
  if (step !== undefined) return [`every ${ordinal(step)} day of ${of}`]
  const named = [
    ...spans(days, day => `the ${ordinal(day)}`),
    ...(items.some(({ kind }) => kind === 'LastDay') ? ['the last day'] : []),
  ]
  return [`on ${listed(named, 31)} of ${of}`]
}

/** Of a single item with a step, such as `1-31/2`. */
function evenStep(items: readonly Item[]): number | undefined {
  const [item] = items
  return items.length === 1 && item?.kind === 'Range' && item.step > 1 && item.from === 1 ? item.step : undefined
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

function weekdayWords(items: readonly Item[], inMonths: string, of: string): readonly (string | undefined)[] {
  const days = [...new Set(values(items).map(day => day % 7))].sort((a, b) => a - b)
  const rare = items.flatMap(item => rareWords(item))
  if (days.length === 7) return [inMonths === '' ? undefined : `every day${inMonths}`]
  return [
    ...(days.length > 0 ? [`${everyWeekday(days)}${inMonths}`] : []),
    ...(rare.length > 0 ? [`on ${listed(rare, LISTED * 7)} of ${of}`] : []),
  ]
}

function everyWeekday(days: readonly number[]): string {
  if (days.join() === '1,2,3,4,5') return 'every weekday'
  // A week ends with Sunday.
  const ordered = days.map(day => (day === 0 ? 7 : day)).sort((a, b) => a - b)
  const isLong = ordered.length > 2 && isRow(ordered)
  const name = (day = 0) => WEEKDAYS[day % 7] ?? ''
  return isLong
    ? `every day from ${name(ordered[0])} to ${name(ordered.at(-1))}`
    : `every ${listed(ordered.map(name), 7)}`
}

function rareWords(item: Item): readonly string[] {
  if (item.kind === 'LastWeekday') return [`the last ${WEEKDAYS[item.weekday]}`]
  if (item.kind === 'NthWeekday') return [`the ${ordinal(item.nth)} ${WEEKDAYS[item.weekday]}`]
  return []
}

/** `1, 3 to 5`: three in a row or more are one span. */
function spans(values: readonly number[], name: (value: number) => string): readonly string[] {
  return rows(values).flatMap(row => {
    const [first = 0] = row
    return row.length > 2 ? [`${name(first)} to ${name(row.at(-1) ?? first)}`] : row.map(name)
  })
}

/** Numbers that follow on each other, together. */
function rows(values: readonly number[]): readonly (readonly number[])[] {
  const found: number[][] = []
  for (const value of values) {
    const row = found.at(-1)
    if (row?.at(-1) === value - 1) row.push(value)
    else found.push([value])
  }
  return found
}

function isRow(values: readonly number[]): boolean {
  return rows(values).length === 1
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

function monthName(month: number): string {
  return MONTHS[month - 1] ?? ''
}

const ENDINGS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' })

function ordinal(n: number): string {
  return `${n}${ENDINGS[ORDINALS.select(n)]}`
}
