import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { accessTo, type ClusterAccess } from '../cluster/access.ts'
import { findControlPlane } from '../cluster/binaries.ts'
import { type Cluster, type ClusterOptions, startCluster } from '../cluster/cluster.ts'
import { checkInvariants, keepAnEyeOn } from './checked.ts'
import { runLabel } from './shared.ts'

/** The ServiceAccount of each test namespace that may change its workloads. */
export const testAccount = 'rota'

/** The cluster that all integration tests share. Each file works in namespaces of its own. */
export function sharedCluster(): ClusterAccess {
  const shared = inject('cluster')
  if (shared.kind === 'Running') return accessTo(shared.facts)
  // Test files are still read, to list the tests that are skipped.
  return accessTo({ url: 'https://127.0.0.1:0', caFile: '', directory: '', kubeconfig: '', kubectlCommand: 'false' })
}

/** Somebody else's cluster: its servers cannot be stopped, and its audit log cannot be read. */
export const usesExistingCluster = Boolean(process.env['TEST_KUBECONFIG'])

/** A cluster of the test's own, to stop servers of. The caller ends it. */
export async function startOwnCluster(options: Omit<ClusterOptions, 'source'> = {}): Promise<Cluster> {
  const source = await findControlPlane({ say: () => {} })
  const cluster = await startCluster({ ...options, source })
  const { auditLog } = cluster
  return {
    ...cluster,
    stop: async () => {
      try {
        // Afterwards the log is gone.
        if (auditLog !== undefined) checkInvariants(auditLog)
      } finally {
        await cluster.stop()
      }
    },
  }
}

export interface NamespaceOptions {
  readonly labels?: Readonly<Record<string, string>>
  /** Whether what happens there is held against the invariants; it is, unless told. */
  readonly checked?: boolean
}

/**
 * A new namespace, `prefix` with a random ending, with ServiceAccount `rota`, which may read and change what can sleep
 * in it.
 */
export async function createNamespace(
  cluster: ClusterAccess,
  prefix: string,
  { labels = {}, checked = true }: NamespaceOptions = {},
): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`
  const shared = inject('cluster')
  const runId = shared.kind === 'Running' ? shared.runId : 'none'
  if (checked) keepAnEyeOn(cluster, name)
  await apply(cluster, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [runLabel]: runId, ...labels } } },
    ...accountThatChangesWorkloads(name),
  ])
  return name
}

function accountThatChangesWorkloads(namespace: string): readonly object[] {
  const metadata = { name: testAccount, namespace }
  const verbs = ['get', 'list', 'watch', 'patch', 'update']
  const workloads = ['deployments', 'statefulsets', 'daemonsets', 'deployments/scale', 'statefulsets/scale']
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: ['apps'], resources: workloads, verbs },
        { apiGroups: ['batch'], resources: ['cronjobs'], verbs },
        { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] },
        { apiGroups: ['argoproj.io'], resources: ['rollouts', 'rollouts/scale'], verbs },
        { apiGroups: ['keda.sh'], resources: ['scaledobjects'], verbs },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: testAccount },
      subjects: [{ kind: 'ServiceAccount', name: testAccount, namespace }],
    },
  ]
}

/** Applies YAML, or objects in order; to `namespace` where they name none. Throws with kubectl's words. */
export async function apply(
  cluster: ClusterAccess,
  manifest: string | readonly object[],
  namespace?: string,
): Promise<void> {
  const input =
    typeof manifest === 'string' ? manifest : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifest })
  await cluster.kubectl(['apply', '-f', '-', ...inNamespace(namespace)], { input })
}

/** One object as JSON, or a list where `what` names several. */
export async function get<T>(cluster: ClusterAccess, what: string, namespace?: string): Promise<T> {
  const { stdout } = await cluster.kubectl(['get', ...what.split(' '), '-o', 'json', ...inNamespace(namespace)])
  return JSON.parse(stdout) as T
}

function inNamespace(namespace: string | undefined): string[] {
  return namespace ? ['-n', namespace] : []
}
