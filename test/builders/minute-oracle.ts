import { localFormat } from './zone-changes.ts'

/**
 * The slots of an expression by brute force, to hold the product against: it walks through every real minute of a few
 * days, asks the runtime what the clock on the wall shows then, and knows nothing of how the product finds the next slot.
 */
export interface Oracle {
  /** Slots from `from` on and before `until`, oldest first. */
  slots(expression: string, policy?: Policy): readonly number[]
}

export interface Policy {
  readonly skippedTime?: 'RunAfter' | 'Skip'
  readonly repeatedTime?: 'First' | 'Last' | 'Both'
}

const MINUTE = 60_000
const A_DAY = 24 * 60
/** Local days reach in from both sides, and a whole day can be missing. */
const MARGIN = 2 * A_DAY * MINUTE

/** One zone, from one instant to another one, both at a whole minute. */
export function minuteOracle(zone: string, from: number, until: number): Oracle {
  const format = localFormat(zone)
  /** Each real minute as what the wall shows: minutes since 1970 as if it were UTC. */
  const shown: number[] = []
  const first = from - MARGIN
  for (let at = first; at < until + MARGIN; at += MINUTE)
    shown.push(Date.parse(`${format.format(at).replace(' ', 'T')}Z`) / MINUTE)
  const when = (index: number) => first + index * MINUTE
  const times = Map.groupBy(shown.keys(), index => shown[index] as number)
  const days = {
    first: Math.floor(Math.min(...limits(shown)) / A_DAY),
    last: Math.floor(Math.max(...limits(shown)) / A_DAY),
  }

  return {
    slots(expression, { skippedTime = 'RunAfter', repeatedTime = 'First' } = {}) {
      const cron = read(expression)
      const slots = new Set<number>()
      if (!isFixed(expression))
        for (const [index, local] of shown.entries()) if (matches(cron, local)) slots.add(when(index))
      // Counted by the calendar, without the first and the last day, of which only a part is seen.
      for (let day = days.first + 1; isFixed(expression) && day < days.last; day++) {
        if (!isDay(cron, day)) continue
        for (const minute of minutesOf(cron)) {
          const local = day * A_DAY + minute
          const at = times.get(local)
          if (at) for (const index of chosen(at, repeatedTime)) slots.add(when(index))
          else if (skippedTime === 'RunAfter') slots.add(when(shown.findIndex(other => other > local)))
        }
      }
      return [...slots].filter(at => at >= from && at < until).sort((a, b) => a - b)
    },
  }
}

/** Whether an expression of five fields names this instant: read off the clock on the wall around it. */
export function isSlot(expression: string, zone: string, at: number, policy: Policy = {}): boolean {
  const { skippedTime = 'RunAfter', repeatedTime = 'First' } = policy
  const cron = read(expression)
  const format = formatOf(zone)
  const shownAt = (instant: number) => Date.parse(`${format.format(instant).replace(' ', 'T')}Z`) / MINUTE
  const shown = shownAt(at)
  if (at % MINUTE !== 0) return false
  if (!isFixed(expression)) return matches(cron, shown)
  if (!matches(cron, shown)) {
    const skipped = Array.from({ length: shown - shownAt(at - MINUTE) - 1 }, (_, n) => shown - 1 - n)
    return skippedTime === 'RunAfter' && skipped.some(local => matches(cron, local))
  }
  const isShownAgain = (by: number) => REPEATS.some(minutes => shownAt(at + by * minutes * MINUTE) === shown)
  if (repeatedTime === 'First') return !isShownAgain(-1)
  return repeatedTime === 'Both' || !isShownAgain(1)
}

/** By so many minutes clocks are set back. */
const REPEATS = [30, 60]

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const format = formats.get(zone) ?? localFormat(zone)
  formats.set(zone, format)
  return format
}

/** The hour field names hours; others follow real time. */
function isFixed(expression: string): boolean {
  return !/[*/]/.test(expression.split(' ')[1] ?? '')
}

function limits(shown: readonly number[]): readonly number[] {
  return [shown[0] as number, shown.at(-1) as number]
}

function chosen(at: readonly number[], policy: 'First' | 'Last' | 'Both'): readonly number[] {
  if (policy === 'Both') return at
  return policy === 'First' ? at.slice(0, 1) : at.slice(-1)
}

interface Cron {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly day: string
  readonly months: ReadonlySet<number>
  readonly weekday: string
  readonly known: Map<number, boolean>
}

function read(expression: string): Cron {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = expression.toUpperCase().split(' ')
  const months = ['', ...'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')]
  return {
    minutes: valuesOf(minute, 0, 59),
    hours: valuesOf(hour, 0, 23),
    day,
    months: valuesOf(month, 1, 12, months),
    weekday,
    known: new Map(),
  }
}

function matches(cron: Cron, local: number): boolean {
  const minute = local % A_DAY
  const fits = cron.minutes.has(minute % 60) && cron.hours.has(Math.floor(minute / 60))
  return fits && isDay(cron, Math.floor(local / A_DAY))
}

function* minutesOf({ minutes, hours }: Cron): Generator<number> {
  for (const hour of hours) for (const minute of minutes) yield hour * 60 + minute
}

/** `day`: days since 1970. */
export function isDay(cron: Cron, day: number): boolean {
  const known = cron.known.get(day)
  if (known !== undefined) return known
  const date = new Date(day * A_DAY * MINUTE)
  const anyDay = cron.day === '*' || cron.day === '?'
  const anyWeekday = cron.weekday === '*' || cron.weekday === '?'
  const byDay = isDayOfMonth(cron.day, date)
  const byWeekday = isWeekday(cron.weekday, date)
  const fits =
    cron.months.has(date.getUTCMonth() + 1) && (anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday)
  cron.known.set(day, fits)
  return fits
}

/** Days (since 1970) of an expression, from one up to another one. */
export function oracleDays(expression: string, from: number, until: number): readonly number[] {
  const cron = read(expression)
  const days: number[] = []
  for (let day = from; day < until; day++) if (isDay(cron, day)) days.push(day)
  return days
}

function isDayOfMonth(field: string, date: Date): boolean {
  const day = date.getUTCDate()
  return field.split(',').some(item => (item === 'L' ? day === lastOf(date) : valuesOf(item, 1, 31).has(day)))
}

function isWeekday(field: string, date: Date): boolean {
  const names = 'SUN MON TUE WED THU FRI SAT'.split(' ')
  const [weekday, day] = [date.getUTCDay(), date.getUTCDate()]
  return field.split(',').some(item => {
    const [of = '', nth] = item.split('#')
    const last = /^\w+L$/.test(of)
    const among = valuesOf(last ? of.slice(0, -1) : of, 0, 7, names)
    if (!among.has(weekday) && !(weekday === 0 && among.has(7))) return false
    if (last) return day + 7 > lastOf(date)
    return nth === undefined || Math.ceil(day / 7) === Number(nth)
  })
}

function lastOf(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}

function valuesOf(field: string, min: number, max: number, names: readonly string[] = []): ReadonlySet<number> {
  const numberOf = (text: string) => (names.includes(text) ? names.indexOf(text) : Number(text))
  const values = new Set<number>()
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/')
    const [from = '', to = from] = range === '*' || range === '?' ? [`${min}`, `${max}`] : range.split('-')
    const last = to === 'SUN' && numberOf(from) !== 0 ? 7 : numberOf(to)
    for (let value = numberOf(from); value <= last; value += Number(step)) values.add(value)
  }
  return values
}
