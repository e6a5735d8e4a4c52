import type { ClusterAccess } from '../cluster/access.ts'
import { installCrds } from '../cluster/crds.ts'

/** Installs the CRD, the shipped rights and the namespaces with their workloads, and waits until these are ready. */
export async function setTheStage(cluster: ClusterAccess): Promise<void> {
  await installCrds(cluster)
  // As a user installs it, with Rota's own account and all that is shipped for it.
  await cluster.kubectl(['apply', '-f', 'deploy/rbac', '-f', 'deploy/samples/namespaces'])
  for (const team of ['team-a', 'team-b']) {
    const available = ['wait', '--for=condition=Available', '--timeout=60s', 'deployments', '--all', '-n', team]
    await cluster.kubectl(available)
  }
}

/** The tasks; and one of them runs at once, so that nobody has to wait for its first slot. */
export async function startTheTasks(cluster: ClusterAccess): Promise<void> {
  await cluster.kubectl(['apply', '-f', 'deploy/samples/tasks'])
  await cluster.kubectl(['annotate', 'st', '-n', 'team-a', 'nights-off', 'rota.dev/run=demo'])
}
