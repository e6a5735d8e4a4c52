import { parse } from 'yaml'
import type { Schema } from '../../src/manifest/structure.ts'

type Node = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly additionalProperties?: Node
}

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Node } }[] }
}

const KEPT = [
  'type',
  'default',
  'required',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maxProperties',
] as const
/** What a program needs not know, or what is said in other ways: CEL rules are restated in src/manifest/rules.ts. */
const DROPPED = ['description', 'format', 'properties', 'items', 'additionalProperties']

/** The structure of `spec` as TypeScript, for who checks manifests without an API server. */
export function schemaOf(yaml: string, source: string): string {
  const spec = (parse(yaml) as Crd).spec.versions[0]?.schema.openAPIV3Schema.properties?.['spec']
  if (!spec) throw new Error(`${source} must describe spec`)
  return `// Generated from ${source} by npm run types: do not edit.
import type { Schema } from './structure.ts'

export const SPEC_SCHEMA: Schema = ${JSON.stringify(structureOf(spec, 'spec'), null, 2)}
`
}

/** @throws Error for what the interpreter in src/manifest/structure.ts does not know */
function structureOf(node: Node, path: string): Schema {
  const listType = node['x-kubernetes-list-type']
  for (const key of Object.keys(node)) {
    const isKnown = [...KEPT, ...DROPPED].includes(key) || key.startsWith('x-kubernetes-')
    if (!isKnown) throw new Error(`${path}: '${key}' is not understood by src/manifest/structure.ts`)
  }
  const { properties, items, additionalProperties: members } = node
  return {
    ...(Object.fromEntries(
      KEPT.filter(key => node[key] !== undefined).map(key => [key, node[key]]),
    ) as unknown as Schema),
    ...(listType === 'set' && { unique: true as const }),
    ...(listType === 'map' && { unique: node['x-kubernetes-list-map-keys'] as readonly string[] }),
    ...(node['x-kubernetes-preserve-unknown-fields'] === true && { open: true as const }),
    ...(members && { members: structureOf(members, `${path}.*`) }),
    ...(items && { items: structureOf(items, `${path}[]`) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, structureOf(property, `${path}.${name}`)]),
      ),
    }),
  }
}
