import { stringify } from 'yaml'
import { OPERATIONS, type OperationName } from '../../src/api/task.ts'
import type { Right } from '../../src/operations/contract.ts'
import { roleOf } from '../../src/operations/roles.ts'

const HEADER = `# Made from src/operations by "npm run roles": do not edit.
#
# One role for each operation. Bind those that a task needs to its ServiceAccount, in every namespace that it works on:
#   kubectl create rolebinding rota-sleep -n team-a --clusterrole=rota:sleep --serviceaccount=team-a:rota
# createNamespace and deleteNamespace work on the cluster: for them it is kubectl create clusterrolebinding.
`

/** The ClusterRoles of all operations, as YAML documents. */
export async function operationRoles(): Promise<string> {
  const roles = await Promise.all(
    OPERATIONS.map(async name => stringify(clusterRole(name, await roleOf(name)), { lineWidth: 120 })),
  )
  return [HEADER, ...roles].join('---\n')
}

function clusterRole(operation: OperationName, rights: readonly Right[]): object {
  const labels = {
    'app.kubernetes.io/name': 'rota',
    'app.kubernetes.io/component': 'operation-role',
    'app.kubernetes.io/part-of': 'rota',
    'rota.dev/operation': operation,
  }
  const metadata = { name: `rota:${operation}`, labels }
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules: rulesOf(rights) }
}

/** Rights on the same API group with the same verbs are one rule. */
export function rulesOf(rights: readonly Right[]): readonly object[] {
  const rules = new Map<string, { apiGroups: string[]; resources: string[]; verbs: readonly string[] }>()
  for (const { group, resource, verbs } of rights) {
    const key = [group, ...verbs].join()
    const rule = rules.get(key) ?? { apiGroups: [group], resources: [], verbs }
    if (!rule.resources.includes(resource)) rule.resources.push(resource)
    rules.set(key, rule)
  }
  return [...rules.values()]
}
