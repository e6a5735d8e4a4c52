import type { ScheduledTask } from '../../src/api/task.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { type Api, deployment } from './api.ts'
import { ended } from './proxied-operator.ts'

/** A namespace in which people do what the README says: an account, its role, a task that sleeps. */
export interface Team {
  readonly namespace: string
  /** Puts it to sleep, and waits until it is asleep. */
  sleep(token: string): Promise<ScheduledTask>
  /** Replicas of its Deployment, and what holds its task. */
  state(): Promise<{ readonly replicas: number | undefined; readonly finalizers: readonly string[] }>
}

export const ASLEEP = { replicas: 0, finalizers: ['rota.dev/wake'] }
export const AWAKE = { replicas: 3, finalizers: [] }

/** @param role how the role of the operation is named: `clusterrole`, or `role` where Rota has none of the cluster */
export async function teamIn(
  cluster: ClusterAccess,
  api: Api,
  namespace: string,
  role: 'clusterrole' | 'role' = 'clusterrole',
): Promise<Team> {
  await cluster.kubectl(['create', 'serviceaccount', 'rota', '-n', namespace])
  const binding = ['rolebinding', 'rota-sleep', `--${role}=rota:sleep`, `--serviceaccount=${namespace}:rota`]
  await cluster.kubectl(['create', ...binding, '-n', namespace])
  await api.create('deployments', namespace, deployment('web', 3))
  // Its next slot is in winter: what is asleep stays asleep.
  const spec = { schedule: '0 20 1 1 *', operation: { sleep: { wakeSchedule: '0 7 2 1 *' } } }
  await api.createTask(namespace, 'nights-off', spec)
  return {
    namespace,
    async sleep(token) {
      await api.annotate(namespace, 'nights-off', { 'rota.dev/run': token })
      const isOver = (task: ScheduledTask) => task.status?.handled?.run === token && ended(task)
      return api.untilTask(namespace, 'nights-off', `sleeps for ${token}`, isOver)
    },
    async state() {
      const { spec } = await api.get('deployments', namespace, 'web')
      const { metadata } = await api.task(namespace, 'nights-off')
      return { replicas: spec.replicas, finalizers: metadata.finalizers ?? [] }
    },
  }
}
