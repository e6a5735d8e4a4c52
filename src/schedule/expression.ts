import { FIELDS, type Field } from './fields.ts'
import { type Item, itemOf, type Pick, pickBy } from './item.ts'

/** A cron expression, read: what each field stands for. */
export interface Cron {
  /** Sorted, each once. */
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly months: readonly number[]
  /** `undefined`: not restricted. */
  readonly daysOfMonth: readonly Item[] | undefined
  readonly daysOfWeek: readonly Item[] | undefined
  /** A fixed local time: the hour field has neither `*` nor `/`. Others follow real time. */
  readonly fixed: boolean
}

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

/** Whether an expression leaves something to be picked by hash. */
export function isHashed(expression: string): boolean {
  return /(^|[ ,])H([^A-Z]|$)/i.test(expression)
}

/**
 * Reads a cron expression. The CRD's rules refuse most mistakes at admission already, the rest only this.
 * @param hashKey `namespace/name` of the task, which picks the values of `H`
 * @throws Error whose message is meant for the author of the expression
 */
export function parse(expression: string, hashKey?: string): Cron {
  const fields = fiveFields(expression)
  if (hashKey === undefined && isHashed(expression)) {
    throw new Error(`'${expression}' has H, a value picked by the name of the task: say which one, as namespace/name`)
  }
  const pick = pickBy(hashKey ?? '')
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = FIELDS.map((field, at) =>
    itemsOf(field, fields[at] as string, pick),
  ) as [Item[], Item[], Item[], Item[], Item[]]
  return {
    minutes: values(minutes),
    hours: values(hours),
    months: values(months),
    daysOfMonth: isAny(fields[2]) ? undefined : daysOfMonth,
    daysOfWeek: isAny(fields[4]) ? undefined : daysOfWeek,
    fixed: !/[*/]/.test(fields[1] as string),
  }
}

/** `*` and `?`, and nothing else, leave the day to the other day field. */
function isAny(field: string | undefined): boolean {
  return field === '*' || field === '?'
}

/** The five fields in upper case, macros expanded. */
function fiveFields(expression: string): readonly string[] {
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
  return fields
}

function foreignForm(text: string): string | undefined {
  if (/^@every\b/i.test(text)) return 'write a step such as */5 * * * *'
  if (/^@reboot\b/i.test(text)) return 'a task without a schedule runs on request'
  if (text.startsWith('@')) return `use one of ${[...MACROS.keys()].join(', ')}`
  if (/^(CRON_)?TZ=/i.test(text)) return 'write the zone into spec.timeZone'
  if (/^\d{4}-\d\d/.test(text)) return 'a schedule repeats; write five cron fields such as 0 20 * * 1-5'
  return undefined
}

function itemsOf(field: Field, text: string, pick: Pick): readonly Item[] {
  return text.split(',').map(part => {
    const item = itemOf(field, part, pick)
    if (typeof item !== 'string') return item
    throw new Error(`${field.name} (${field.ordinal} field) '${text}' is not valid: ${item}`)
  })
}

/** All values of a field without days that depend on the month. */
export function values(items: readonly Item[]): readonly number[] {
  const found = new Set<number>()
  for (const item of items) {
    if (item.kind !== 'Range') continue
    for (let value = item.from; value <= item.to; value += item.step) found.add(value)
  }
  return [...found].sort((a, b) => a - b)
}
