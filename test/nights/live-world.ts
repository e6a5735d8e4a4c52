import type { ScheduledTask } from '../../src/api/task.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import type { Api } from '../harness/api.ts'
import { apply } from '../harness/cluster.ts'
import { ended } from '../harness/proxied-operator.ts'
import type { Workload, WorkloadKind } from './workload.ts'
import type { Report, Sleeper, World } from './world.ts'

const PLURALS = { Deployment: 'deployments', StatefulSet: 'statefulsets', CronJob: 'cronjobs' } as const

/** A namespace of a cluster in which an operator is at work. */
export class LiveWorld implements World {
  readonly #cluster: ClusterAccess
  readonly #api: Api
  readonly #namespace: string
  readonly #tasks = new Set<string>()
  #requests = 0

  constructor(cluster: ClusterAccess, api: Api, namespace: string) {
    this.#cluster = cluster
    this.#api = api
    this.#namespace = namespace
  }

  async create(workload: Workload): Promise<Workload> {
    return workloadOf(workload.kind, await this.#api.create(PLURALS[workload.kind], this.#namespace, workload))
  }

  async patch(kind: WorkloadKind, name: string, body: object): Promise<Workload> {
    return workloadOf(kind, await this.#api.patch(PLURALS[kind], this.#namespace, name, body))
  }

  async remove(kind: WorkloadKind, name: string): Promise<void> {
    await this.#api.delete(PLURALS[kind], this.#namespace, name)
  }

  async autoscale(names: readonly string[]): Promise<void> {
    const metric = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
    }
    const autoscalers = names.map(name => {
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name }
      const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 10, metrics: [metric] }
      return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec }
    })
    if (autoscalers.length > 0) await apply(this.#cluster, autoscalers, this.#namespace)
  }

  async all(): Promise<readonly Workload[]> {
    const kinds = Object.keys(PLURALS) as WorkloadKind[]
    const lists = kinds.map(async kind => {
      const objects = await this.#api.list(PLURALS[kind], this.#namespace)
      return objects.map(object => workloadOf(kind, object))
    })
    return (await Promise.all(lists)).flat()
  }

  async run({ name, sleep }: Sleeper, does: 'sleep' | 'wake'): Promise<Report> {
    if (!this.#tasks.has(name)) {
      this.#tasks.add(name)
      await this.#api.createTask(this.#namespace, name, { operation: { sleep }, retry: { delaySeconds: 1 } })
    }
    const request = does === 'sleep' ? 'run' : 'wake'
    const token = String(++this.#requests)
    await this.#api.annotate(this.#namespace, name, { [`rota.dev/${request}`]: token })
    const isOver = (task: ScheduledTask) => task.status?.handled?.[request] === token && ended(task)
    const { status } = await this.#api.untilTask(this.#namespace, name, `${does} ${token}`, isOver, 120_000)
    const { resultReason, changed = -1 } = status?.history?.[0] ?? {}
    if (resultReason !== 'Completed' && resultReason !== 'SleepStateDamaged') throw new Error(status?.lastMessage)
    return { changed, left: leftIn(status?.lastMessage ?? ''), damaged: resultReason === 'SleepStateDamaged' }
  }
}

function workloadOf(kind: WorkloadKind, object: object): Workload {
  const apiVersion = kind === 'CronJob' ? 'batch/v1' : 'apps/v1'
  return { apiVersion, ...object, kind } as unknown as Workload
}

/** `left out: a (why), b (why) and 3 more` is five. */
function leftIn(message: string): number {
  const [, left = ''] = message.split('left out: ')
  const [, more = '0'] = / and (\d+) more$/.exec(left) ?? []
  return left.split('(').length - 1 + Number(more)
}
