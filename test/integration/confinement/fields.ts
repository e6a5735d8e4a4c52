import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export const CRD = 'crds/rota.dev_scheduledtasks.yaml'

interface Node {
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly additionalProperties?: Node
  readonly 'x-kubernetes-preserve-unknown-fields'?: true
}

export interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Node } }[] }
}

export function shippedCrd(): Crd {
  return parse(readFileSync(CRD, 'utf8')) as Crd
}

/** The CRD without its rules: what an author writes then reaches Rota as it is. */
export function withoutRules<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutRules) as T
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'x-kubernetes-validations')
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutRules(one)])) as T
}

/** All places in the spec for a text of the author's own: no closed list, no number, no switch. */
export function fieldsForText(crd: Crd): readonly string[] {
  const spec = crd.spec.versions[0]?.schema.openAPIV3Schema.properties?.['spec']
  return spec ? textsIn(spec, '') : []
}

function textsIn(node: Node, path: string): readonly string[] {
  const { type, properties = {}, items, additionalProperties } = node
  if (type === 'string') return node.enum ? [] : [path]
  if (node['x-kubernetes-preserve-unknown-fields']) return [path]
  return [
    ...Object.entries(properties).flatMap(([name, one]) => textsIn(one, path === '' ? name : `${path}.${name}`)),
    ...(items ? textsIn(items, `${path}[]`) : []),
    ...(additionalProperties ? textsIn(additionalProperties, `${path}{}`) : []),
  ]
}
