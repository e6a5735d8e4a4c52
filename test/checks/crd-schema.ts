/** A node of a CRD's schema, as far as its bounds and words go. */
interface Node {
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly maxLength?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly additionalProperties?: unknown
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string }[]
}

/** What Kubernetes itself looks at later. The whole object is bounded by the API server's own limit for requests. */
const OPEN = new Set(['spec.operation.job.template'])

/**
 * What a schema lacks to be a good reference and to be safe: a description for each property, a bound for everything
 * that can grow, a message for each rule. Each as `path: what`.
 */
export function shortcomings(node: Node, path: string): readonly string[] {
  const found: string[] = []
  const { type, format, properties = {}, items } = node
  if (type === 'string' && node.maxLength === undefined && !node.enum && format !== 'date-time') {
    found.push(`${path}: a string without maxLength`)
  }
  if (type === 'array' && node.maxItems === undefined) found.push(`${path}: a list without maxItems`)
  if (node.additionalProperties !== undefined && node.maxProperties === undefined) {
    found.push(`${path}: a map without maxProperties`)
  }
  if (node['x-kubernetes-preserve-unknown-fields'] && !OPEN.has(path)) found.push(`${path}: takes anything`)
  for (const { rule, message } of node['x-kubernetes-validations'] ?? []) {
    if (!message) found.push(`${path}: a rule without message: ${rule}`)
  }
  for (const [name, property] of Object.entries(properties)) {
    const at = `${path}.${name}`
    if (!property.description) found.push(`${at}: no description`)
    found.push(...shortcomings(property, at))
  }
  return items ? [...found, ...shortcomings(items, `${path}[]`)] : found
}
