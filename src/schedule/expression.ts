/**
 * Checks a cron expression before anything evaluates it. The messages say what was given and what to write instead;
 * the CRD's rules refuse most of these at admission already, the rest (reversed ranges, dates that never come) only here.
 */

interface Field {
  readonly name: string
  readonly ordinal: string
  readonly min: number
  readonly max: number
  readonly names: readonly string[]
  readonly allowed: string
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const MINUTE: Field = { name: 'minute', ordinal: '1st', min: 0, max: 59, names: [], allowed: '0-59' }
const HOUR: Field = { name: 'hour', ordinal: '2nd', min: 0, max: 23, names: [], allowed: '0-23' }
const DAY_OF_MONTH: Field = { name: 'day of month', ordinal: '3rd', min: 1, max: 31, names: [], allowed: '1-31 or L' }
const MONTH: Field = { name: 'month', ordinal: '4th', min: 1, max: 12, names: MONTHS, allowed: '1-12 or JAN-DEC' }
const DAY_OF_WEEK: Field = {
  name: 'day of week',
  ordinal: '5th',
  min: 0,
  max: 7,
  names: DAYS,
  allowed: '0-7 or SUN-SAT',
}
const FIELDS = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK]

/** The macros of cron(8) and what they stand for. */
const MACROS: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
])

/**
 * The five fields of `expression`, macros expanded, in upper case.
 * @throws Error whose message is meant for the author of the expression
 */
export function fiveFields(expression: string): string {
  const text = MACROS.get(expression) ?? expression
  const hint = foreignForm(text)
  if (hint !== undefined) throw new Error(`'${expression}' is not supported: ${hint}`)
  const fields = text.toUpperCase().split(' ')
  if (fields.length === 6 && !fields.includes('')) {
    const five = text.slice(text.indexOf(' ') + 1)
    throw new Error(`'${expression}' has 6 fields, but there is no field for seconds: write '${five}'`)
  }
  if (fields.length !== 5 || fields.includes('')) {
    throw new Error(
      `'${expression}' must have exactly 5 fields separated by single spaces: minute hour day-of-month month day-of-week`,
    )
  }
  const plain = fields.with(4, sundaysLast(fields[4] as string))
  for (const [index, field] of FIELDS.entries()) checkField(field, plain[index] as string, fields[index] as string)
  return plain.join(' ')
}

/** Sunday at the end of a range is 7, so that SAT-SUN is a weekend; a range from Sunday to Sunday is that one day. */
function sundaysLast(weekdays: string): string {
  return weekdays.replace(/\b(SUN|0+)-SUN\b/g, '7-7').replace(/-SUN\b/g, '-7')
}

function foreignForm(text: string): string | undefined {
  if (/^@every\b/i.test(text)) return 'write a step such as */5 * * * *'
  if (/^@reboot\b/i.test(text)) return 'a task without a schedule runs on request'
  if (text.startsWith('@')) return `use one of ${[...MACROS.keys()].join(', ')}`
  if (/^(CRON_)?TZ=/i.test(text)) return 'write the zone into spec.timeZone'
  if (/^\d{4}-\d\d/.test(text)) return 'a schedule repeats; write five cron fields such as 0 20 * * 1-5'
  if (/(^|[ ,])H([^A-Z]|$)/i.test(text)) return 'H (a hashed value) is not available yet; write a number'
  return undefined
}

/** `given` is the field as its author wrote it. */
function checkField(field: Field, text: string, given: string): void {
  for (const item of text.split(',')) {
    const problem = itemProblem(field, item)
    if (problem !== undefined) {
      throw new Error(`${field.name} (${field.ordinal} field) '${given}' is not valid: ${problem}`)
    }
  }
}

function itemProblem(field: Field, item: string): string | undefined {
  const day = field === DAY_OF_MONTH || field === DAY_OF_WEEK
  if (item === '*' || (day && item === '?')) return undefined
  if (field === DAY_OF_MONTH && item === 'L') return undefined
  if (field === DAY_OF_MONTH && /W/.test(item)) return 'W (nearest weekday) is not supported; use 1-31 or L'
  if (field === DAY_OF_WEEK) {
    const special = /^([A-Z]{3}|\d)(L|#[1-5])$/.exec(item)
    if (special)
      return numberOf(field, special[1] as string) === undefined ? unknown(field, special[1] as string) : undefined
  }
  const parts = /^(?:(\*)|([A-Z]+|\d+)(?:-([A-Z]+|\d+))?)(?:\/(\d+))?$/.exec(item)
  if (!parts) return `use ${field.allowed} with * , - /`
  const [, star, from, to, step] = parts
  if (step !== undefined && Number(step) === 0) return 'a step of 0 never advances'
  if (step !== undefined && Number(step) > field.max)
    return `the step ${step} is larger than the field; use at most ${field.max}`
  if (star) return undefined
  const low = numberOf(field, from as string)
  if (low === undefined) return unknown(field, from as string)
  if (to === undefined)
    return step === undefined ? undefined : `a step needs a range; write ${from}-${field.max}/${step}`
  const high = numberOf(field, to)
  if (high === undefined) return unknown(field, to)
  return low > high ? `the range ${from}-${to} is reversed; write ${from}-${field.max},${field.min}-${to}` : undefined
}

function numberOf(field: Field, text: string): number | undefined {
  const named = field.names.indexOf(text)
  if (named >= 0) return named + (field === MONTH ? 1 : 0)
  if (!/^\d{1,2}$/.test(text)) return undefined
  const value = Number(text)
  return value >= field.min && value <= field.max ? value : undefined
}

function unknown(field: Field, value: string): string {
  return `${value} is not in range; use ${field.allowed}`
}
