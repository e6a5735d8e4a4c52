import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

export interface PolicyObject {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: { readonly failurePolicy?: string; readonly policyName?: string }
  readonly status?: { readonly typeChecking?: object }
}

/**
 * The shipped policies and their bindings under names of their own, and only for namespaces with the label `id`: those of
 * other files go on as ever.
 */
export function narrowedPolicies(id: string): readonly PolicyObject[] {
  const documents = parseAllDocuments(readFileSync('deploy/rbac/policies.yaml', 'utf8'))
  return documents
    .map(document => document.toJS() as PolicyObject)
    .map(object => {
      const metadata = { ...object.metadata, name: `${id}.${object.metadata.name}` }
      const { policyName } = object.spec
      if (policyName === undefined) return { ...object, metadata }
      const matchResources = { namespaceSelector: { matchExpressions: [{ key: id, operator: 'Exists' }] } }
      return { ...object, metadata, spec: { ...object.spec, policyName: `${id}.${policyName}`, matchResources } }
    })
}
