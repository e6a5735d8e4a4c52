import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { HOUR } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, cronJob, deployment, requesting } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'

const cluster = sharedCluster()
const GIB = 2 ** 30

describe('what sleeping saves', () => {
  let api: Api
  let namespace: string
  let operator: TestOperator
  beforeAll(async () => {
    api = await apiOf(cluster)
    namespace = await createNamespace(cluster, 'savings')
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
  })
  afterAll(() => operator?.stop())

  async function ran(name: string, annotation: 'run' | 'wake', token: string): Promise<ScheduledTask> {
    await api.annotate(namespace, name, { [`rota.dev/${annotation}`]: token })
    const isOver = ({ status }: ScheduledTask) => status?.handled?.[annotation] === token && !status.activeRun
    return api.untilTask(namespace, name, `ran ${token}`, isOver)
  }
  const metric = async (series: string) => {
    const text = await (await fetch(`http://127.0.0.1:${operator.port}/metrics`)).text()
    const line = text.split('\n').find(one => one.startsWith(series))
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')))
  }

  test('is in the status while it lasts, summed up afterwards, and in the metrics by cost center', async () => {
    await api.create('deployments', namespace, requesting('web', 3, { cpu: '500m', memory: '1Gi' }))
    await api.create('deployments', namespace, requesting('api', 1, { cpu: '1' }))
    await api.create('deployments', namespace, deployment('bare', 1))
    await api.create('cronjobs', namespace, cronJob('report'))
    const yearly = { schedule: '0 0 1 1 *', operation: { sleep: { wakeSchedule: '0 1 1 1 *' } } }
    await api.createTask(namespace, 'off', { costCenter: 'cc-4711', ...yearly })
    const slept = await ran('off', 'run', '1')
    const asleep = { workloads: 4, cpuMillicores: 2500, memoryBytes: 3 * GIB, namespaces: [namespace] }
    expect(slept.status?.sleeping).toMatchObject(asleep)
    await until('the metric', async () => (await metric('rota_saved_cpu_cores{cost_center="cc-4711"}')) === 2.5)
    expect(await metric('rota_saved_memory_bytes{cost_center="cc-4711"}')).toBe(3 * GIB)

    operator.clock.jumpTo(operator.clock.now() + 4 * HOUR)
    const { status } = await ran('off', 'wake', '2')
    expect(status?.sleeping).toBeUndefined()
    expect(Number(status?.saved?.cpuCoreHours)).toBeCloseTo(10, 1)
    expect(Number(status?.saved?.memoryGiBHours)).toBeCloseTo(12, 1)
    await until('nothing sleeps', async () => (await metric('rota_saved_cpu_cores{cost_center="cc-4711"}')) === 0)
  })
})
