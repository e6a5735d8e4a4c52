/** The five fields of a cron expression. */
export interface Field {
  readonly name: string
  readonly ordinal: string
  readonly min: number
  readonly max: number
  /** The largest value that `H` picks: every month has a 28th, and Sunday needs no second name. */
  readonly hashMax: number
  readonly names: readonly string[]
  readonly allowed: string
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

export const MINUTE_FIELD: Field = {
  name: 'minute',
  ordinal: '1st',
  min: 0,
  max: 59,
  hashMax: 59,
  names: [],
  allowed: '0-59',
}
export const HOUR_FIELD: Field = {
  name: 'hour',
  ordinal: '2nd',
  min: 0,
  max: 23,
  hashMax: 23,
  names: [],
  allowed: '0-23',
}
export const DAY_OF_MONTH: Field = {
  name: 'day of month',
  ordinal: '3rd',
  min: 1,
  max: 31,
  hashMax: 28,
  names: [],
  allowed: '1-31 or L',
}
export const MONTH: Field = {
  name: 'month',
  ordinal: '4th',
  min: 1,
  max: 12,
  hashMax: 12,
  names: MONTHS,
  allowed: '1-12 or JAN-DEC',
}
export const DAY_OF_WEEK: Field = {
  name: 'day of week',
  ordinal: '5th',
  min: 0,
  max: 7,
  hashMax: 6,
  names: DAYS,
  allowed: '0-7 or SUN-SAT',
}

export const FIELDS = [MINUTE_FIELD, HOUR_FIELD, DAY_OF_MONTH, MONTH, DAY_OF_WEEK] as const

/** A number or a name of this field; `undefined` for anything else. */
export function numberOf(field: Field, text: string): number | undefined {
  const named = field.names.indexOf(text)
  if (named >= 0) return named + (field === MONTH ? 1 : 0)
  if (!/^\d{1,2}$/.test(text)) return undefined
  const value = Number(text)
  return value >= field.min && value <= field.max ? value : undefined
}
