import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { AuditEvent } from './audit.ts'

interface Role {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly rules?: readonly {
    readonly apiGroups: readonly string[]
    readonly resources: readonly string[]
    readonly verbs: readonly string[]
  }[]
}

/** What the roles in a file grant, by their names: `update scheduledtasks/status.rota.dev`. */
export function rightsIn(file: string): ReadonlyMap<string, readonly string[]> {
  const roles = parseAllDocuments(readFileSync(file, 'utf8')).map(document => document.toJS() as Role)
  const named = roles.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
  return new Map(named.map(({ metadata, rules = [] }) => [metadata.name, sorted(rules.flatMap(rightsOf))]))
}

function rightsOf({ apiGroups, resources, verbs }: NonNullable<Role['rules']>[number]): readonly string[] {
  return apiGroups.flatMap(group =>
    resources.flatMap(resource => verbs.map(verb => `${verb} ${resource}${group && `.${group}`}`)),
  )
}

/** The right that a request took; none when it was about no resource, such as discovery. */
export function rightOf({ verb, objectRef }: AuditEvent): readonly string[] {
  if (!objectRef?.resource) return []
  const { resource, subresource, apiGroup } = objectRef
  return [`${verb} ${resource}${subresource ? `/${subresource}` : ''}${apiGroup ? `.${apiGroup}` : ''}`]
}

export function sorted(rights: Iterable<string>): readonly string[] {
  return [...new Set(rights)].sort()
}
