import { hashFraction } from '../lib/hash.ts'
import { DAY_OF_MONTH, DAY_OF_WEEK, type Field, numberOf } from './fields.ts'

/** What one item of the list in a field stands for. */
export type Item =
  /** `*`, `7`, `1-5`, `8-18/2`, and `H` once its value is picked. */
  | { readonly kind: 'Range'; readonly from: number; readonly to: number; readonly step: number }
  /** `L`: the last day of the month. */
  | { readonly kind: 'LastDay' }
  /** `FRIL`: the last Friday of the month. */
  | { readonly kind: 'LastWeekday'; readonly weekday: number }
  /** `MON#2`: the second Monday of the month. */
  | { readonly kind: 'NthWeekday'; readonly weekday: number; readonly nth: number }

/** How `H` picks: the same parts give the same number in [0, 1). */
export type Pick = (...parts: readonly string[]) => number

/** By the name of the task, so that a herd of tasks with one schedule spreads, and everybody can compute it offline. */
export function pickBy(key: string): Pick {
  return (...parts) => hashFraction(key, ...parts)
}

/** Reads one item, in upper case; a text says what is wrong with it. */
export function itemOf(field: Field, item: string, pick: Pick): Item | string {
  const isDay = field === DAY_OF_MONTH || field === DAY_OF_WEEK
  if (isDay && item === '?') return range(field.min, field.max)
  if (field === DAY_OF_MONTH && item === 'L') return { kind: 'LastDay' }
  if (field === DAY_OF_MONTH && item.includes('W')) return 'W (nearest weekday) is not supported; use 1-31 or L'
  return (field === DAY_OF_WEEK ? weekdayOf(item) : undefined) ?? hashed(field, item, pick) ?? rangeOf(field, item)
}

function range(from: number, to: number, step = 1): Item {
  return { kind: 'Range', from, to, step }
}

function weekdayOf(item: string): Item | string | undefined {
  const [, name, last, nth] = /^([A-Z]{3}|\d)(?:(L)|#([1-5]))$/.exec(item) ?? []
  if (name === undefined) return undefined
  const weekday = numberOf(DAY_OF_WEEK, name)
  if (weekday === undefined) return unknown(DAY_OF_WEEK, name)
  return last
    ? { kind: 'LastWeekday', weekday: weekday % 7 }
    : { kind: 'NthWeekday', weekday: weekday % 7, nth: Number(nth) }
}

/** `H`, `H(0-29)`, `H/15`, `H(0-29)/10`, as in Jenkins: with a step, the hash picks where it begins. */
function hashed(field: Field, item: string, pick: Pick): Item | string | undefined {
  if (!/^H([^A-Z]|$)/.test(item)) return undefined
  const parts = /^H(?:\(([A-Z]+|\d+)-([A-Z]+|\d+)\))?(?:\/(\d+))?$/.exec(item)
  if (!parts) {
    const example = `H(${field.min}-${field.hashMax})`
    return `write H, ${example}, H/${field.max > 30 ? 15 : 2} or ${example}/${field.max > 30 ? 15 : 2}`
  }
  const [, from, to, stepText] = parts
  const low = from === undefined ? field.min : numberOf(field, from)
  const high = to === undefined ? field.hashMax : numberOf(field, sundayLast(from, to))
  if (low === undefined) return unknown(field, from ?? '')
  if (high === undefined) return unknown(field, to ?? '')
  if (low > high) return `the range ${from}-${to} is reversed; write the smaller one first`
  const wrong = stepText === undefined ? undefined : stepProblem(field, stepText)
  if (wrong !== undefined) return wrong
  const fraction = pick(field.name, item)
  if (stepText === undefined) {
    const value = low + Math.floor(fraction * (high - low + 1))
    return range(value, value)
  }
  const step = Number(stepText)
  if (from !== undefined && step > high - low + 1) return `the step ${step} is larger than the range ${from}-${to}`
  return range(low + Math.floor(fraction * Math.min(step, high - low + 1)), high, step)
}

function rangeOf(field: Field, item: string): Item | string {
  const parts = /^(?:(\*)|([A-Z]+|\d+)(?:-([A-Z]+|\d+))?)(?:\/(\d+))?$/.exec(item)
  if (!parts) return `use ${field.allowed} with * , - /`
  const [, star, from = '', to, step] = parts
  const wrong = step === undefined ? undefined : stepProblem(field, step)
  if (wrong !== undefined) return wrong
  if (star) return range(field.min, field.max, Number(step ?? 1))
  const low = numberOf(field, from)
  if (low === undefined) return unknown(field, from)
  if (to === undefined)
    return step === undefined ? range(low, low) : `a step needs a range; write ${from}-${field.max}/${step}`
  const end = field === DAY_OF_WEEK ? sundayLast(from, to) : to
  const high = numberOf(field, end)
  if (high === undefined) return unknown(field, to)
  if (low > high) return `the range ${from}-${to} is reversed; write ${from}-${field.max},${field.min}-${to}`
  return range(low, high, Number(step ?? 1))
}

/** Sunday at the end of a range is 7, so that SAT-SUN is a weekend; a range from Sunday to Sunday is that one day. */
function sundayLast(from: string | undefined, to: string): string {
  if (to !== 'SUN') return to
  return from === 'SUN' || /^0+$/.test(from ?? '') ? '0' : '7'
}

function stepProblem(field: Field, step: string): string | undefined {
  if (Number(step) === 0) return 'a step of 0 never advances'
  return Number(step) > field.max ? `the step ${step} is larger than the field; use at most ${field.max}` : undefined
}

function unknown(field: Field, value: string): string {
  return `${value} is not in range; use ${field.allowed}`
}
