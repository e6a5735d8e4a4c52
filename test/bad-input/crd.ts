import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A node of the CRD's schema, as far as values can break it. */
export interface Node {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  readonly format?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node
  readonly items?: Node
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
}

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Node } }[] }
}

export const CRD_FILE = new URL('../../crds/rota.dev_scheduledtasks.yaml', import.meta.url)

/** The schema of `spec` or `status`, as it is shipped. */
export function crdSchema(part: 'spec' | 'status'): Node {
  const crd = parse(readFileSync(CRD_FILE, 'utf8')) as Crd
  const node = crd.spec.versions[0]?.schema.openAPIV3Schema.properties?.[part]
  if (!node) throw new Error(`the CRD must describe ${part}`)
  return node
}
