import {
  type DocumentOptions,
  LineCounter,
  type ParseOptions,
  parseAllDocuments,
  type SchemaOptions,
  type Tags,
  type YAMLError,
} from 'yaml'
import { isObject } from '../lib/json.ts'
import { jsonProblem } from './as-json.ts'
import { complaint, membersOf } from './finding.ts'

/** An object as somebody wrote it. */
export interface Document {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

/**
 * As kubectl reads YAML: version 1.1, in which `0644` is octal and `yes` a boolean, but without its times: `22:22` is a
 * text.
 */
const AS_KUBECTL: ParseOptions & DocumentOptions & SchemaOptions & { readonly version: '1.1' } = {
  version: '1.1',
  // Said of the first mistake alone: a text may have as many as it has characters.
  prettyErrors: false,
  // Nothing is written to the log for what is wrong in a text.
  logLevel: 'error',
  merge: true,
  customTags: (tags: Tags) =>
    tags.filter(tag => typeof tag === 'string' || !(('format' in tag && tag.format === 'TIME') || TIMES.has(tag.tag))),
}
const TIMES = new Set(['tag:yaml.org,2002:timestamp'])

/** Names go into the paths of requests: nothing may stand in them that leads elsewhere. */
const API_VERSION = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[a-z]([-a-z0-9]*[a-z0-9])?$/
const KIND = /^[A-Z][A-Za-z0-9]*$/
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.:]*[A-Za-z0-9])?$/
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** Of an object that was read from a cluster; applied again they stand in the way. */
const NOT_WRITTEN = ['uid', 'resourceVersion', 'managedFields', 'deletionTimestamp'] as const

/** The objects in a YAML (or JSON) text; the items of a List count one by one. @throws Error that says where it is wrong */
export function documentsIn(text: string): readonly Document[] {
  const documents = valuesIn(text, 'Many').flatMap(value =>
    value === null || value === undefined ? [] : (itemsOf(value) ?? [value]),
  )
  const seen = new Map<string, readonly string[]>()
  for (const [index, document] of documents.entries()) {
    const problem = problemOf(document) ?? twice(document as Document, seen)
    if (problem !== undefined) throw new Error(`document ${index + 1}: ${problem}`)
  }
  if (documents.length === 0) throw new Error('there is no document in it')
  return documents as readonly Document[]
}

/** A YAML or JSON text with one value. @throws Error */
export function valueIn(text: string): unknown {
  const [value, ...more] = valuesIn(text, 'One')
  if (more.length > 0) throw new Error('must be one document')
  return value ?? undefined
}

/** @param expected how many: one of many has a number. @throws Error that says where it is wrong */
function valuesIn(text: string, expected: 'One' | 'Many'): readonly unknown[] {
  const lineCounter = new LineCounter()
  return parseAllDocuments(text, { ...AS_KUBECTL, lineCounter }).map((document, index) => {
    const [error] = document.errors
    let value: unknown
    const read = () => {
      value = document.toJS()
    }
    const problem = error ? inWords(error, lineCounter) : (complaint(read) ?? jsonProblem(value))
    if (problem !== undefined) throw new Error(expected === 'One' ? problem : `document ${index + 1}: ${problem}`)
    return value
  })
}

function inWords({ code, message, pos: [at] }: YAMLError, lines: LineCounter): string {
  const { line, col } = lines.linePos(at)
  const what = code === 'RESOURCE_EXHAUSTION' ? 'is nested too deeply' : message.split('\n')[0]
  return `${what} at line ${line}, column ${col}`
}

/** The items of a List; `undefined` for all else. */
export function itemsOf(value: unknown): readonly unknown[] | undefined {
  const { kind, items } = membersOf(value)
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? items : undefined
}

/** Whatever the version of its group. Without a namespace it is in all of them. */
function twice({ apiVersion, kind, metadata }: Document, seen: Map<string, readonly string[]>): string | undefined {
  const [, group = ''] = apiVersion.split('/').reverse()
  const { name, namespace = '' } = metadata
  const id = `${group}/${kind}/${name}`
  const places = seen.get(id) ?? []
  seen.set(id, [...places, namespace])
  const isThere = places.some(place => place === namespace || place === '' || namespace === '')
  return isThere ? `${kind}/${name} is there twice` : undefined
}

function problemOf(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return 'is no object'
  const { apiVersion, kind, metadata } = document as Partial<Document>
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return 'needs apiVersion and kind'
  if (!API_VERSION.test(apiVersion)) return `apiVersion '${apiVersion}' is none: write such as v1 or apps/v1`
  if (!KIND.test(kind)) return `kind '${kind}' is none: write such as ConfigMap`
  if (typeof metadata !== 'object' || metadata === null || typeof metadata.name !== 'string')
    return `${kind} needs metadata.name`
  const { name, namespace, labels, annotations } = metadata
  const noted = NOT_WRITTEN.find(field => (metadata as Readonly<Record<string, unknown>>)[field] !== undefined)
  if (noted !== undefined) return `${kind}/${name}: metadata.${noted} is the API server's own: leave it out`
  if (!NAME.test(name)) return `${kind}: '${name}' is no name`
  if (namespace !== undefined && (typeof namespace !== 'string' || !NAMESPACE.test(namespace)))
    return `${kind}/${name}: ${typeof namespace === 'string' ? `'${namespace}'` : 'metadata.namespace'} is no namespace`
  for (const [field, map] of Object.entries({ labels, annotations })) {
    if (map === undefined || map === null) continue
    if (!isObject(map)) return `${kind}/${name}: metadata.${field} must be a map of texts`
    const [key, value] = Object.entries(map).find(([, one]) => typeof one !== 'string') ?? []
    if (key !== undefined) return `${kind}/${name}: metadata.${field}.${key} must be a text: ${inQuotes(value)}`
  }
  return undefined
}

function inQuotes(value: unknown): string {
  return typeof value === 'object' ? 'it is none' : `write "${value}" in quotes`
}
