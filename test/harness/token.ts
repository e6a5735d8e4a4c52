import type { ClusterAccess } from '../cluster/access.ts'

/** A new ServiceAccount that may do this with ScheduledTasks of a namespace, and a token of it. */
export async function accountWith(
  cluster: ClusterAccess,
  namespace: string,
  name: string,
  verbs: readonly string[],
): Promise<string> {
  await cluster.kubectl(['create', 'serviceaccount', name, '-n', namespace])
  if (verbs.length > 0) {
    const role = ['role', name, `--verb=${verbs.join(',')}`, '--resource=scheduledtasks.rota.dev', '-n', namespace]
    await cluster.kubectl(['create', ...role])
    const subject = `--serviceaccount=${namespace}:${name}`
    await cluster.kubectl(['create', 'rolebinding', name, `--role=${name}`, subject, '-n', namespace])
  }
  return tokenOf(cluster, namespace, name)
}

export async function tokenOf(cluster: ClusterAccess, namespace: string, name: string): Promise<string> {
  return (await cluster.kubectl(['create', 'token', name, '-n', namespace])).stdout.trim()
}
