import fc from 'fast-check'

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** Expressions of every form, most of them with slots near one local time (as ISO text without a zone). */
export function expressionsNear(local: string): fc.Arbitrary<string> {
  const date = new Date(`${local}Z`)
  const near = (value: number, spread: number, min: number, max: number) =>
    fc
      .integer({ min: -spread, max: spread })
      .map(by => min + ((((value - min + by) % (max - min + 1)) + (max - min + 1)) % (max - min + 1)))
  const month = date.getUTCMonth() + 1
  const minute = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(0, 15, 30, 45, 1, 59) },
    { weight: 1, arbitrary: fc.nat(59) },
  )
  const hour = fc.oneof(
    { weight: 4, arbitrary: near(date.getUTCHours(), 2, 0, 23) },
    { weight: 1, arbitrary: fc.nat(23) },
  )
  const day = fc.oneof(
    { weight: 3, arbitrary: near(date.getUTCDate(), 1, 1, 31) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 31 }) },
  )
  const weekday = fc.oneof(
    { weight: 3, arbitrary: near(date.getUTCDay(), 1, 0, 6) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 7 }) },
  )
  const named = (names: readonly string[], first: number) => (value: number) =>
    fc.constantFrom(String(value), names[value - first] ?? String(value))
  const weekdays = weekday.chain(value =>
    fc.oneof(
      named(DAYS, 0)(value),
      fc.constant(`${value}L`),
      fc.integer({ min: 1, max: 5 }).map(nth => `${DAYS[value % 7]}#${nth}`),
    ),
  )
  return fc
    .tuple(
      list(fc.oneof(minute.map(String), steps(59), ranges(minute, 59))),
      fc.oneof(
        { weight: 4, arbitrary: list(fc.oneof(hour.map(String), ranges(hour, 23))) },
        { weight: 1, arbitrary: steps(23) },
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom('*', '?') },
        { weight: 2, arbitrary: list(fc.oneof(day.map(String), fc.constant('L'), ranges(day, 31), steps(31))) },
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('*') },
        { weight: 1, arbitrary: list(fc.oneof(named(MONTHS, 1)(month), ranges(fc.constant(month), 12), steps(12))) },
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom('*', '?') },
        { weight: 2, arbitrary: list(fc.oneof(weekdays, ranges(weekday, 7), fc.constant('FRI-SUN'), steps(7))) },
      ),
    )
    .map(fields => fields.join(' '))
}

function list(item: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(item, { minLength: 1, maxLength: 3 }).map(items => items.join(','))
}

function steps(max: number): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constant('*'),
    fc.integer({ min: 1, max }).map(step => `*/${step}`),
  )
}

function ranges(from: fc.Arbitrary<number>, max: number): fc.Arbitrary<string> {
  return fc
    .tuple(from, fc.nat(6), fc.option(fc.integer({ min: 1, max: 5 })))
    .map(([low, length, step]) => `${low}-${Math.min(max, low + length)}${step === null ? '' : `/${step}`}`)
}
