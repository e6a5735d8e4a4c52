import { parse, stringify } from 'yaml'
import type { OperationName, Spec } from '../../src/api/task.ts'
import type { Right } from '../../src/operations/contract.ts'
import { operationFor } from '../../src/operations/registry.ts'

const HEADER = `# Made from src/operations by "npm run roles": do not edit.
#
# One role for each operation. Bind those that a task needs to its ServiceAccount, in every namespace that it works on:
#   kubectl create rolebinding rota-sleep -n team-a --clusterrole=rota:sleep --serviceaccount=team-a:rota
`

/** The ClusterRoles of all operations that the CRD knows, as YAML documents. */
export function operationRoles(crd: string): string {
  const roles = [...widestSpecs(crd)].map(([name, spec]) => {
    const bound = operationFor(name, spec, false)
    if (!bound) throw new Error(`the CRD has an operation that src/operations does not know: ${name}`)
    return stringify(roleOf(name, bound.rights), { lineWidth: 120 })
  })
  return [HEADER, ...roles].join('---\n')
}

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>
  readonly items?: { readonly enum?: readonly string[] }
}

/** A spec for each operation, with all the kinds that it can work on: the most that a task can ask for. */
function widestSpecs(crd: string): ReadonlyMap<OperationName, Spec> {
  const { spec } = parse(crd) as {
    readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] }
  }
  const task = spec.versions[0]?.schema.openAPIV3Schema
  const operations = task?.properties['spec']?.properties['operation']?.properties ?? {}
  const specs = Object.entries(operations).map(([name, { properties }]) => {
    const kinds = properties?.['kinds']?.items?.enum
    return [name as OperationName, { operation: { [name]: { ...(kinds && { kinds }) } } } as unknown as Spec] as const
  })
  return new Map(specs)
}

function roleOf(operation: OperationName, rights: readonly Right[]): object {
  const rules = new Map<string, { apiGroups: string[]; resources: string[]; verbs: readonly string[] }>()
  for (const { group, resource, verbs } of rights) {
    const key = [group, ...verbs].join()
    const rule = rules.get(key) ?? { apiGroups: [group], resources: [], verbs }
    rule.resources.push(resource)
    rules.set(key, rule)
  }
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {
      name: `rota:${operation}`,
      labels: {
        'app.kubernetes.io/name': 'rota',
        'app.kubernetes.io/component': 'operation-role',
        'app.kubernetes.io/part-of': 'rota',
        'rota.dev/operation': operation,
      },
    },
    rules: [...rules.values()],
  }
}
