import type { ScheduledTask } from '../../src/api/task.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import type { Workload } from './workloads.ts'

/** The cluster at one moment. */
export interface Look {
  readonly at: Date
  readonly tasks: readonly ScheduledTask[]
  readonly workloads: readonly Workload[]
  /** `kubectl get scheduledtasks -A`, as it is printed. */
  readonly table: string
}

/** Looks at the cluster. @throws Error with kubectl's words */
export async function look(cluster: ClusterAccess): Promise<Look> {
  const [printed, tasks, workloads] = await Promise.all([
    cluster.kubectl(['get', 'scheduledtasks', '-A']),
    cluster.kubectl(['get', 'scheduledtasks', '-A', '-o', 'json']),
    cluster.kubectl(['get', 'deployments,statefulsets,cronjobs', '-A', '-o', 'json']),
  ])
  return {
    at: new Date(),
    tasks: itemsOf<ScheduledTask>(tasks.stdout),
    workloads: itemsOf<Workload>(workloads.stdout),
    table: printed.stdout,
  }
}

function itemsOf<T>(json: string): readonly T[] {
  return (JSON.parse(json) as { readonly items: readonly T[] }).items
}
