import { KIND } from '../../src/api/names.ts'
import type { ScheduledTask } from '../../src/api/task.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import type { Workload } from './workloads.ts'

/** The cluster at one moment. */
export interface Look {
  readonly tasks: readonly ScheduledTask[]
  readonly workloads: readonly Workload[]
  /** `kubectl get scheduledtasks -A`, as it is printed. */
  readonly table: string
}

/** Looks at the cluster. @throws Error with kubectl's words */
export async function look(cluster: ClusterAccess): Promise<Look> {
  const [printed, listed] = await Promise.all([
    cluster.kubectl(['get', 'scheduledtasks', '-A']),
    cluster.kubectl(['get', 'scheduledtasks,deployments,statefulsets,cronjobs', '-A', '-o', 'json']),
  ])
  const { items } = JSON.parse(listed.stdout) as { readonly items: readonly (ScheduledTask | Workload)[] }
  return {
    tasks: items.filter(item => item.kind === KIND) as readonly ScheduledTask[],
    workloads: items.filter(item => item.kind !== KIND) as readonly Workload[],
    table: printed.stdout,
  }
}
