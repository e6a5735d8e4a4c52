import { type Instant, MINUTE } from '../../src/lib/instant.ts'

/**
 * The slots of an expression by brute force, to hold the product against: it walks through every minute of a few days
 * and knows nothing of how the product finds the next one.
 */
export interface Reference {
  /** Slots from `from` on and before `until`, oldest first. */
  slots(expression: string): readonly Instant[]
}

interface LocalMinute {
  readonly at: Instant
  /** `2026-03-29T02:30`: in the order of time, but for hours that come twice. */
  readonly local: string
}

/** One zone, from one instant to another one, both at a whole minute. */
export function reference(zone: string, from: Instant, until: Instant): Reference {
  // Two days more on each side, so that the local days that reach in are whole.
  const minutes = localMinutes(zone, from - 2 * DAY, until + 2 * DAY)
  // Counted by the calendar: a day that the zone leaves out is a gap, too.
  const dates: string[] = []
  for (let at = from - DAY; at < until + 2 * DAY; at += DAY) dates.push(new Date(at).toISOString().slice(0, 10))
  const firstAt = new Map<string, Instant>()
  for (const { at, local } of minutes) if (!firstAt.has(local)) firstAt.set(local, at)
  return {
    slots(expression) {
      const matches = matcher(expression)
      const isFixed = !/[*/]/.test(expression.split(' ')[1] ?? '')
      const found = isFixed
        ? dates
            .flatMap(date => times(date).filter(matches))
            .map(local => firstAt.get(local) ?? afterGap(minutes, local))
        : minutes.filter(({ local }) => matches(local)).map(({ at }) => at)
      return [...new Set(found)].filter(at => at >= from && at < until).sort((a, b) => a - b)
    },
  }
}

const DAY = 24 * 60 * MINUTE

function localMinutes(zone: string, from: Instant, until: Instant): readonly LocalMinute[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const minutes: LocalMinute[] = []
  for (let at = from; at < until; at += MINUTE) minutes.push({ at, local: format.format(at).replace(' ', 'T') })
  return minutes
}

function times(date: string): readonly string[] {
  const two = (n: number) => String(n).padStart(2, '0')
  return Array.from({ length: 24 * 60 }, (_, n) => `${date}T${two(Math.floor(n / 60))}:${two(n % 60)}`)
}

function afterGap(minutes: readonly LocalMinute[], missing: string): Instant {
  return minutes.find(({ local }) => local > missing)?.at ?? Number.NaN
}

function matcher(expression: string): (local: string) => boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = expression.toUpperCase().split(' ')
  const minutes = valuesOf(minute, 0, 59)
  const hours = valuesOf(hour, 0, 23)
  const months = valuesOf(month, 1, 12, ['', ...'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')])
  const anyDay = day === '*' || day === '?'
  const anyWeekday = weekday === '*' || weekday === '?'
  const onDate = new Map<string, boolean>()
  const isDate = (local: string) => {
    const [year, inMonth, date] = local.split('-').map(Number) as [number, number, number]
    const byDay = isDay(day, year, inMonth, date)
    const byWeekday = isWeekday(weekday, year, inMonth, date)
    return months.has(inMonth) && (anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday)
  }
  return local => {
    const date = local.slice(0, 10)
    const known = onDate.get(date) ?? isDate(date)
    onDate.set(date, known)
    return known && hours.has(Number(local.slice(11, 13))) && minutes.has(Number(local.slice(14, 16)))
  }
}

function isDay(field: string, year: number, month: number, date: number): boolean {
  return field.split(',').some(item => (item === 'L' ? date === lastOf(year, month) : valuesOf(item, 1, 31).has(date)))
}

function isWeekday(field: string, year: number, month: number, date: number): boolean {
  const weekday = new Date(Date.UTC(year, month - 1, date)).getUTCDay()
  const names = 'SUN MON TUE WED THU FRI SAT'.split(' ')
  return field.split(',').some(item => {
    const [day = '', nth] = item.split('#')
    const last = /^\w+L$/.test(day)
    const among = valuesOf(last ? day.slice(0, -1) : day, 0, 7, names)
    if (!among.has(weekday) && !(weekday === 0 && among.has(7))) return false
    if (last) return date + 7 > lastOf(year, month)
    return nth === undefined || Math.ceil(date / 7) === Number(nth)
  })
}

function lastOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function valuesOf(field: string, min: number, max: number, names: readonly string[] = []): ReadonlySet<number> {
  const numberOf = (text: string) => (names.includes(text) ? names.indexOf(text) : Number(text))
  const values = new Set<number>()
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/')
    const [from = '', to = from] = range === '*' || range === '?' ? [`${min}`, `${max}`] : range.split('-')
    const last = to === 'SUN' && from !== 'SUN' ? 7 : numberOf(to)
    for (let value = numberOf(from); value <= last; value += Number(step)) values.add(value)
  }
  return values
}
