import { type Finding, membersOf, type Path, pathText } from './finding.ts'
import { nearest } from './nearest.ts'

/** The part of a CRD's schema language that ours uses; generated from the CRD. */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  /** What stands for a member that is left out. */
  readonly default?: unknown
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  /** Of a map with members of any name. */
  readonly members?: Schema
  /** Members of any name and value: Kubernetes itself looks at them later. */
  readonly open?: true
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  /** Items must differ: as a whole, or in these members. */
  readonly unique?: true | readonly string[]
}

/** The reason of a field that is none: this version knows no such field, another one may. */
export const UNKNOWN_FIELD = 'UnknownField'

/** What a value is that its schema does not allow, as the API server checks it with `fieldValidation: Strict`. */
export function structureFindings(schema: Schema, value: unknown, path: Path): readonly Finding[] {
  const found = (message: string, at: Path = path): Finding => ({ path: at, message, reason: 'InvalidSpec' })
  const type = typeOf(value)
  if (type !== schema.type) return [found(`must be ${article(schema.type)}, and is ${shown(value)}`)]
  switch (type) {
    case 'object':
      return memberFindings(schema, membersOf(value), path, found)
    case 'array':
      return itemFindings(schema, value as readonly unknown[], path, found)
    case 'integer':
      return boundFindings(schema, value as number, found)
    case 'string':
      return textFindings(schema, value as string, found)
    default:
      return []
  }
}

type Found = (message: string, at?: Path) => Finding

function memberFindings(schema: Schema, members: Readonly<Record<string, unknown>>, path: Path, found: Found) {
  const { properties = {}, required = [], maxProperties = Number.POSITIVE_INFINITY } = schema
  const count = Object.keys(members).length
  const many = count > maxProperties ? [found(`must have at most ${maxProperties} members, and has ${count}`)] : []
  const missing = required
    .filter(name => members[name] === undefined || members[name] === null)
    .map(name => found('is missing', [...path, name]))
  const wrong = Object.entries(members).flatMap(([name, value]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : schema.members
    if (!property && schema.open) return []
    // A member that is null is taken as left out.
    if (property)
      return value === null || value === undefined ? [] : structureFindings(property, value, [...path, name])
    const like = nearest(name, Object.keys(properties))
    const message = `is no field of ${pathText(path)}${like ? `: did you mean ${like}?` : ''}`
    return [{ path: [...path, name], message, reason: UNKNOWN_FIELD }]
  })
  return [...many, ...missing, ...wrong]
}

function itemFindings(schema: Schema, items: readonly unknown[], path: Path, found: Found): readonly Finding[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, unique } = schema
  const findings: Finding[] = []
  if (items.length < minItems) findings.push(found(`must have at least ${minItems} item${minItems === 1 ? '' : 's'}`))
  if (items.length > maxItems) findings.push(found(`must have at most ${maxItems} items, and has ${items.length}`))
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    const at = [...path, index]
    if (schema.items) findings.push(...structureFindings(schema.items, item, at))
    if (unique === undefined) continue
    const key = JSON.stringify(unique === true ? item : unique.map(name => membersOf(item)[name]))
    if (seen.has(key)) findings.push(found(`${shown(item)} is there twice`, at))
    seen.add(key)
  }
  return findings
}

function boundFindings({ minimum, maximum }: Schema, value: number, found: Found): readonly Finding[] {
  if (minimum !== undefined && value < minimum) return [found(`must be at least ${minimum}, and is ${value}`)]
  return maximum !== undefined && value > maximum ? [found(`must be at most ${maximum}, and is ${value}`)] : []
}

function textFindings(
  { enum: allowed, minLength = 0, maxLength }: Schema,
  value: string,
  found: Found,
): readonly Finding[] {
  if (allowed && !allowed.includes(value))
    return [found(`must be one of ${allowed.join(', ')}, and is ${shown(value)}`)]
  // The API server counts code points.
  const length = [...value].length
  if (length < minLength) return [found('must not be empty')]
  if (maxLength === undefined || length <= maxLength) return []
  return [found(`must have at most ${maxLength} characters, and has ${length}`)]
}

function typeOf(value: unknown): Schema['type'] | 'number' | 'null' {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  return typeof value as 'object' | 'string' | 'boolean'
}

function article(type: Schema['type']): string {
  return { object: 'a map', array: 'a list', string: 'a text', integer: 'a whole number', boolean: 'true or false' }[
    type
  ]
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
