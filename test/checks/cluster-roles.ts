import { Document, isScalar, stringify, visit } from 'yaml'
import { IMPERSONATION_LABEL } from '../../src/api/names.ts'
import { OPERATIONS } from '../../src/api/task.ts'
import type { Right } from '../../src/operations/contract.ts'
import { impersonationRoles } from '../../src/operations/impersonation.ts'
import { roleOf } from '../../src/operations/roles.ts'

const OPERATION_ROLES = `# Made from src/operations by "npm run roles": do not edit.
#
# One role for each operation. Bind those that a task needs to its ServiceAccount, in every namespace that it works on:
#   kubectl create rolebinding rota-sleep -n team-a --clusterrole=rota:sleep --serviceaccount=team-a:rota
# A namespace that is yet to be made, or on its way out, holds no binding: for createNamespace and deleteNamespace it is
# kubectl create clusterrolebinding, which is for all namespaces; README.md has one for some.
`
const IMPERSONATION = `# Made from src/operations by "npm run roles": do not edit.
#
# What Rota may do in the name of the accounts of tasks, and nothing else: each account needs the right as well. It takes
# Kubernetes 1.36 (constrained impersonation); for older ones there is classic/.
#
# rota:impersonation is the sum of all ClusterRoles with the label ${IMPERSONATION_LABEL}=true. So further
# kinds are one more such ClusterRole, and an operation that nobody is to use is one that is deleted: see README.md.
`
const API = 'rbac.authorization.k8s.io'
const ROTA = { kind: 'ServiceAccount', name: 'rota', namespace: 'rota-system' }

/** The files that follow from the rights of the operations: path and YAML documents. */
export async function roleFiles(): Promise<Readonly<Record<string, string>>> {
  const parts = await impersonationRoles()
  const operations = OPERATIONS.map(async name =>
    clusterRole(`rota:${name}`, 'operation-role', { 'rota.dev/operation': name }, await roleOf(name)),
  )
  const aggregated = { [IMPERSONATION_LABEL]: 'true' }
  return {
    'deploy/rbac/operations.yaml': OPERATION_ROLES + documents(await Promise.all(operations)),
    'deploy/rbac/impersonation.yaml':
      IMPERSONATION +
      documents([
        {
          ...headOf('ClusterRole', 'rota:impersonation', 'impersonation'),
          aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregated }] },
        },
        {
          ...headOf('ClusterRoleBinding', 'rota:impersonation', 'impersonation'),
          roleRef: { apiGroup: API, kind: 'ClusterRole', name: 'rota:impersonation' },
          subjects: [ROTA],
        },
        ...parts.map(([part, rights]) =>
          clusterRole(`rota:impersonation:${part}`, 'impersonation', aggregated, rights),
        ),
      ]),
  }
}

function clusterRole(name: string, component: string, labels: object, rights: readonly Right[]): object {
  return { ...headOf('ClusterRole', name, component, labels), rules: rulesOf(rights) }
}

function headOf(kind: string, name: string, component: string, more: object = {}): object {
  const labels = {
    'app.kubernetes.io/name': 'rota',
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'rota',
    ...more,
  }
  return { apiVersion: `${API}/v1`, kind, metadata: { name, labels } }
}

/** Rights on the same API group with the same verbs are one rule. */
function rulesOf(rights: readonly Right[]): readonly object[] {
  const rules = new Map<string, { apiGroups: string[]; resources: string[]; verbs: readonly string[] }>()
  for (const { group, resource, verbs } of rights) {
    const key = [group, ...verbs].join()
    const rule = rules.get(key) ?? { apiGroups: [group], resources: [], verbs }
    if (!rule.resources.includes(resource)) rule.resources.push(resource)
    rules.set(key, rule)
  }
  return [...rules.values()]
}

function documents(objects: readonly object[]): string {
  return objects.map(object => `---\n${written(object)}`).join('')
}

/** The lists of a rule each on one line. */
function written(object: object): string {
  const document = new Document(object, { aliasDuplicateObjects: false })
  visit(document, {
    Seq(_, list) {
      list.flow = list.items.every(isScalar)
    },
  })
  return stringify(document, { lineWidth: 0, flowCollectionPadding: false })
}
