import type { Node } from './crd.ts'

/** Where something is: `['operation', 'scale', 'names', 0]`. */
export type Path = readonly (string | number)[]

/** One value put where the schema wants another. */
export interface Mutation {
  readonly at: Path
  /** What is done there, in words. */
  readonly what: string
  /** What is there then; `undefined`: nothing. */
  readonly value: unknown
}

const OTHER_TYPES: Readonly<Record<string, unknown>> = {
  'a text': 'text',
  'a number': 5,
  'a fraction': 2.5,
  'a boolean': true,
  'a list': [],
  'a map': {},
}
const TYPE_NAMES = { string: 'a text', integer: 'a number', boolean: 'a boolean', array: 'a list', object: 'a map' }

const TEXTS: Readonly<Record<string, string>> = {
  'an empty text': '',
  'a space': ' ',
  'a line break': 'a\nb',
  'a control character': 'a\u0007b',
  'a NUL': 'a\u0000b',
  'an emoji': '🦊',
  'right-to-left marks': '\u202egnirts',
  'letters with dots': 'ÄÖü',
  'a path': '../../etc/passwd',
  'an encoded slash': 'a%2fb',
  'capital letters': 'TEAM-A',
  'a dash at the end': 'team-',
  'a number as text': '42',
  'a name of an object of JavaScript': '__proto__',
}

const NUMBERS: Readonly<Record<string, number>> = {
  'a negative number': -1,
  '2^31': 2 ** 31,
  '2^53 + 2': 2 ** 53 + 2,
  'a number beyond int64': 1e19,
  'a very large number': 1e300,
  'a very small fraction': 1e-7,
}

/** What a schema forbids, and what is at its edges, for a good value of it and everything in it. */
export function mutationsOf(node: Node, value: unknown, at: Path = [], required = false): readonly Mutation[] {
  const made: Mutation[] = []
  const put = (what: string, other: unknown) => made.push({ at, what, value: other })
  if (at.length > 0) {
    for (const [what, other] of Object.entries(OTHER_TYPES)) if (what !== TYPE_NAMES[node.type]) put(what, other)
    put('null', null)
    if (required) put('nothing', undefined)
  }
  switch (node.type) {
    case 'string':
      ofText(node, value as string, put)
      break
    case 'integer':
      ofNumber(node, put)
      break
    case 'array':
      return [...made, ...ofList(node, value as readonly unknown[], at)]
    case 'object':
      return [...made, ...ofMap(node, value as Readonly<Record<string, unknown>>, at)]
    case 'boolean':
      put('yes', 'yes')
  }
  return made
}

type Put = (what: string, value: unknown) => void

function ofText({ enum: allowed, maxLength, format }: Node, value: string, put: Put): void {
  if (allowed) {
    put('another case', value.toLowerCase())
    put('a value that is none', 'Sometimes')
  }
  for (const [what, text] of Object.entries(TEXTS)) put(what, text)
  put('a space before it', ` ${value}`)
  put('a line break after it', `${value}\n`)
  if (format === 'date-time') put('a day that never comes', '2026-02-30T00:00:00Z')
  if (maxLength === undefined) return
  put('as long as may be', 'a'.repeat(maxLength))
  put('one character too long', 'a'.repeat(maxLength + 1))
  put('one emoji too long', '🦊'.repeat(maxLength + 1))
}

function ofNumber({ minimum, maximum }: Node, put: Put): void {
  if (minimum !== undefined) {
    put('the least', minimum)
    put('one too few', minimum - 1)
  }
  if (maximum !== undefined) {
    put('the most', maximum)
    put('one too many', maximum + 1)
  }
  for (const [what, number] of Object.entries(NUMBERS)) put(what, number)
}

function ofList(node: Node, value: readonly unknown[], at: Path): readonly Mutation[] {
  const { items, maxItems, 'x-kubernetes-list-type': listType } = node
  const first = value[0]
  const put = (what: string, other: unknown): Mutation => ({ at, what, value: other })
  const made = [put('an empty list', []), put('a list with null', [null]), put('a list in a list', [[first]])]
  if (listType !== 'atomic') made.push(put('an item twice', [...value, first]))
  if (maxItems !== undefined) {
    made.push(
      put(
        'one item too many',
        Array.from({ length: maxItems + 1 }, (_, n) => distinct(first, n)),
      ),
    )
  }
  return items ? [...made, ...mutationsOf(items, first, [...at, 0])] : made
}

/** Like an item, and like no other of them. */
function distinct(item: unknown, n: number): unknown {
  if (typeof item === 'string') return `${item}${n}`
  return { ...(item as object), name: `n${n}` }
}

function ofMap(node: Node, value: Readonly<Record<string, unknown>>, at: Path): readonly Mutation[] {
  const { properties = {}, required = [], additionalProperties, maxProperties } = node
  const isOpen = node['x-kubernetes-preserve-unknown-fields'] === true
  const put = (what: string, other: unknown): Mutation => ({ at, what, value: other })
  const made: Mutation[] = []
  if (additionalProperties) {
    const [name = ''] = Object.keys(value)
    made.push(...mutationsOf(additionalProperties, value[name], [...at, name]))
    if (maxProperties !== undefined) {
      const many = Array.from({ length: maxProperties + 1 }, (_, n) => [`k${n}`, value[name]])
      made.push(put('one member too many', Object.fromEntries(many)))
    }
    for (const key of ['', 'a b', '🦊', 'constructor', 'x'.repeat(400)])
      made.push(put(`the key ${JSON.stringify(key.slice(0, 20))}`, { [key]: value[name] }))
  } else if (!isOpen) {
    made.push({ at: [...at, 'xUnknown'], what: 'a field that is none', value: 1 })
    made.push({ at: [...at, 'constructor'], what: 'a field of every object of JavaScript', value: {} })
  }
  for (const [name, property] of Object.entries(properties)) {
    if (value[name] === undefined) continue
    made.push(...mutationsOf(property, value[name], [...at, name], required.includes(name)))
  }
  return made
}

/** The value with the mutation carried out. */
export function mutated(value: unknown, { at, value: other }: Pick<Mutation, 'at' | 'value'>): unknown {
  const [first, ...rest] = at
  if (first === undefined) return other
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, n) => (n === first ? mutated(item, { at: rest, value: other }) : item))
    return items.filter(item => item !== undefined)
  }
  // Where an earlier mutation has put something else there is nothing in it to change.
  if (typeof value !== 'object' || value === null) return value
  const before = Object.hasOwn(value, first) ? (value as Record<string, unknown>)[first] : undefined
  const { [first]: _, ...others } = value as Record<string, unknown>
  const after = mutated(before, { at: rest, value: other })
  return after === undefined ? others : { ...others, [first]: after }
}

/** All paths of a schema that have a value: lists and maps by their first one, as `names[]` and `matchLabels{}`. */
export function fieldsOf(node: Node, at = ''): readonly string[] {
  const { properties = {}, items, additionalProperties } = node
  return [
    ...Object.entries(properties).flatMap(([name, property]) => {
      const path = at === '' ? name : `${at}.${name}`
      return [path, ...fieldsOf(property, path)]
    }),
    ...(items ? fieldsOf(items, `${at}[]`) : []),
    ...(additionalProperties ? fieldsOf(additionalProperties, `${at}{}`) : []),
  ]
}

/** Which of them a value sets. */
export function fieldsIn(node: Node, value: unknown, at = ''): readonly string[] {
  if (value === undefined || value === null) return []
  const { properties = {}, items } = node
  return [
    ...Object.entries(properties).flatMap(([name, property]) => {
      const member = (value as Record<string, unknown>)[name]
      if (member === undefined) return []
      const path = at === '' ? name : `${at}.${name}`
      return [path, ...fieldsIn(property, member, path)]
    }),
    ...(items && Array.isArray(value) ? value.flatMap(item => fieldsIn(items, item, `${at}[]`)) : []),
  ]
}
