import { compile, type JSONSchema } from 'json-schema-to-typescript'
import { parse } from 'yaml'

/** The part of a CRD's schema language that ours uses. */
interface Schema {
  readonly type: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: Schema
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
}

interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string }
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[]
  }
}

/** What we use of metav1.ObjectMeta: a CRD does not describe it. */
const METADATA = `
export interface ObjectMeta {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly finalizers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}
`

/** TypeScript interfaces for the kind that the CRD `yaml` describes; `source` is named in the first line. */
export async function typesOf(yaml: string, source: string): Promise<string> {
  const crd = parse(yaml) as Crd
  const kind = crd.spec.names.kind
  const { description, properties } = crd.spec.versions[0]?.schema.openAPIV3Schema ?? { properties: {} }
  const { spec, status } = properties ?? {}
  if (!spec || !status) throw new Error(`${source} must describe spec and status`)
  const parts = [
    `// Generated from ${source} by npm run types: do not edit.\n`,
    `${comment(description)}export interface ${kind} {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ${kind}Spec
  readonly status?: ${kind}Status
}\n`,
    METADATA.trimStart(),
    await interfaceOf(spec, `${kind}Spec`),
    await interfaceOf(status, `${kind}Status`),
  ]
  return parts.join('\n')
}

/** What is wrong with the file that is there; `undefined` when it is the wanted one. */
export function drift(found: string | undefined, wanted: string): string | undefined {
  if (found === wanted) return undefined
  return found === undefined ? 'is missing' : 'is not what the CRD gives'
}

async function interfaceOf(schema: Schema, name: string): Promise<string> {
  const text = await compile(asJsonSchema(schema), name, {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    unknownAny: true,
    style: { semi: false, singleQuote: true, printWidth: 120 },
  })
  return readonlyDeep(text)
}

/**
 * The same schema as JSON schema, without what would only blur the types: CEL, bounds, defaults.
 * The API server fills in a default wherever the object around it is there, so such a property is never absent.
 */
function asJsonSchema(schema: Schema): JSONSchema {
  const { type, description, items, 'x-kubernetes-preserve-unknown-fields': open } = schema
  const properties = Object.entries(schema.properties ?? {})
  const defaulted = properties.filter(([, property]) => property.default !== undefined).map(([name]) => name)
  return {
    type: type as 'object',
    ...(description === undefined ? {} : { description }),
    ...(schema.enum === undefined ? {} : { enum: [...schema.enum] }),
    ...(items === undefined ? {} : { items: asJsonSchema(items) }),
    ...(schema.additionalProperties && { additionalProperties: asJsonSchema(schema.additionalProperties) }),
    ...(open && { additionalProperties: {} }),
    ...(type === 'object' && !schema.additionalProperties && !open
      ? {
          required: [...new Set([...(schema.required ?? []), ...defaulted])],
          properties: Object.fromEntries(properties.map(([name, property]) => [name, asJsonSchema(property)])),
        }
      : {}),
  }
}

function comment(description: string | undefined): string {
  return description === undefined ? '' : `/** ${description} */\n`
}

/**
 * Makes every property and every array readonly and `{}` a type that is really empty: the compiler of the schema has no
 * option for either. It relies on prettier's layout: one property a line, closing brackets on lines of their own.
 */
function readonlyDeep(text: string): string {
  const lines = text.replace(/\/\*\*\n\s+\* (.*)\n\s*\*\//g, '/** $1 */').split('\n')
  const opened: number[] = []
  for (const [index, line] of lines.entries()) {
    const property = /^(\s+)(\[k: string\]: |\w+\??: )(.*)$/.exec(line)
    if (property) {
      const [, indent, name, type = ''] = property
      lines[index] = `${indent}readonly ${name}${readonlyType(type)}`
    }
    if (line.endsWith('{')) opened.push(index)
    if (/^\s*\}/.test(line)) {
      const start = opened.pop()
      if (line.trim() === '}[]' && start !== undefined) lines[start] = `${lines[start]?.slice(0, -1)}readonly {`
    }
  }
  return lines.join('\n')
}

function readonlyType(type: string): string {
  if (type === '{}') return 'Readonly<Record<string, never>>'
  return type.endsWith('[]') && type !== '}[]' ? `readonly ${type}` : type
}
