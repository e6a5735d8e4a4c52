import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { rfc3339 } from '../../src/lib/instant.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, cronJob, pausedDeployment, statefulSet } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { type ChildOperator, spawnOperator } from '../harness/operator.ts'
import { type Fate, type FaultProxy, startProxy } from '../harness/proxy.ts'

const cluster = sharedCluster()
const HOUR = 3600_000
const WORKLOADS = 100

describe('kill -9', () => {
  let api: Api
  let proxy: FaultProxy | undefined
  let child: ChildOperator | undefined
  const evening = (Math.floor(Date.now() / HOUR) + 2) * HOUR
  const morning = evening + 11 * HOUR
  const daily = (at: number) => `0 ${new Date(at).getUTCHours()} * * *`

  beforeAll(async () => {
    api = await apiOf(cluster)
  })
  afterEach(async () => {
    await child?.kill()
    await proxy?.close()
    child = undefined
    proxy = undefined
  })

  const replicasOf = (n: number) => 1 + (n % 5)
  async function team(workloads: number): Promise<string> {
    const namespace = await createNamespace(cluster, 'kill')
    await api.create('statefulsets', namespace, statefulSet('db', 2))
    await api.create('cronjobs', namespace, cronJob('report'))
    for (let n = 0; n < workloads; n += 20) {
      const chunk = Array.from({ length: Math.min(20, workloads - n) }, (_, i) => n + i)
      await Promise.all(
        chunk.map(i => api.create('deployments', namespace, pausedDeployment(`app-${i}`, replicasOf(i)))),
      )
    }
    return namespace
  }
  const operate = (kubeconfig: string, namespace: string, start: number) =>
    spawnOperator({ kubeconfig, namespaces: [namespace], start, flags: { 'task-retry-delay-seconds': '1' } })

  test('in mid-sleep of 100 Deployments, once before and once after a write is committed: every count is back after the wake', async () => {
    const namespace = await team(WORKLOADS)
    proxy = await startProxy(cluster)
    const { kubeconfig } = proxy
    await api.createTask(namespace, 'nights-off', {
      schedule: daily(evening),
      operation: { sleep: { wakeSchedule: daily(morning) } },
    })

    // The process is killed in the middle of its writes; of the request under way the server hears in the second life only.
    for (const [life, fate] of (['reset', 'lose'] as const).entries()) {
      let writes = 0
      const killed = new Promise<void>(resolve => {
        ;(proxy as FaultProxy).fate = async ({ method, as }): Promise<Fate> => {
          if (method !== 'PATCH' || as === '') return 'pass'
          if (++writes < 30) return 'pass'
          if (writes === 30) await child?.kill()
          resolve()
          return fate
        }
      })
      child = await operate(kubeconfig, namespace, evening - 500)
      await killed
      const asleep = (await api.list('deployments', namespace)).filter(({ spec }) => spec.replicas === 0)
      expect(asleep.length).toBeGreaterThan(0)
      expect(asleep.length).toBeLessThan(WORKLOADS)
      expect((await api.task(namespace, 'nights-off')).status).toMatchObject({
        phase: 'Running',
        runCount: 1,
        activeRun: { resumed: life, slotTime: rfc3339(evening) },
        sleeping: { namespaces: [namespace] },
      })
    }

    proxy.fate = () => 'pass'
    child = await operate(kubeconfig, namespace, evening + 1000)
    const slept = await api.untilTask(
      namespace,
      'nights-off',
      'slept',
      ({ status }) => status?.lastResult === 'Succeeded' && !status.activeRun,
      60_000,
    )
    expect(slept.status).toMatchObject({ runCount: 1, errorCount: 0, sleeping: { workloads: WORKLOADS + 2 } })
    expect(slept.status?.history).toHaveLength(1)
    expect(slept.status?.history?.[0]).toMatchObject({ changed: WORKLOADS + 2, attempts: 1 })
    const asleep = await api.list('deployments', namespace)
    expect(asleep.every(({ spec }) => spec.replicas === 0)).toBe(true)
    // Changed once each, over three lives: creation is generation 1.
    expect(asleep.every(({ metadata }) => metadata.generation === 2)).toBe(true)

    child.jumpTo(morning - 200)
    await api.untilTask(
      namespace,
      'nights-off',
      'woke',
      ({ status }) => status?.runCount === 2 && !status.activeRun,
      60_000,
    )
    const awake = await api.list('deployments', namespace)
    expect(awake.map(({ metadata, spec }) => [metadata.name, spec.replicas]).sort()).toEqual(
      Array.from({ length: WORKLOADS }, (_, n) => [`app-${n}`, replicasOf(n)]).sort(),
    )
    expect((await api.get('statefulsets', namespace, 'db')).spec.replicas).toBe(2)
    expect((await api.get('cronjobs', namespace, 'report')).spec.suspend).toBe(false)
  }, 180_000)

  test('around the claim and the record: the run happens once and is counted once', async () => {
    const namespace = await team(3)
    proxy = await startProxy(cluster)
    const { kubeconfig } = proxy
    await api.createTask(namespace, 'restart', {
      schedule: daily(evening),
      operation: { restart: { kinds: ['StatefulSet'] } },
    })
    const points = [
      { write: 'the claim', fate: 'reset', matches: (body: string) => body.includes('"activeRun"') },
      { write: 'the claim', fate: 'lose', matches: (body: string) => body.includes('"activeRun"') },
      { write: 'the record', fate: 'reset', matches: (body: string) => body.includes('"lastResult"') },
      { write: 'the record', fate: 'lose', matches: (body: string) => body.includes('"lastResult"') },
    ] as const
    for (const { fate, matches } of points) {
      const killed = new Promise<void>(resolve => {
        ;(proxy as FaultProxy).fate = async ({ method, url, body }): Promise<Fate> => {
          if (method !== 'PUT' || !url.includes('/status') || !matches(body)) return 'pass'
          await child?.kill()
          resolve()
          return fate
        }
      })
      child = await operate(kubeconfig, namespace, evening - 500)
      await killed
      await child.kill()
    }
    proxy.fate = () => 'pass'
    child = await operate(kubeconfig, namespace, evening + 1000)
    const { status } = await api.untilTask(
      namespace,
      'restart',
      'ran',
      task => task.status?.lastResult === 'Succeeded' && !task.status.activeRun,
    )
    expect(status).toMatchObject({ runCount: 1, errorCount: 0 })
    expect(status?.history).toHaveLength(1)
    expect((await api.get('statefulsets', namespace, 'db')).metadata.generation).toBe(2)
  }, 90_000)

  test('SIGTERM: what is under way may end; what does not is left to be resumed by the next process', async () => {
    const namespace = await team(3)
    proxy = await startProxy(cluster)
    let stuck = 0
    proxy.fate = async ({ method, as }): Promise<Fate> => {
      if (method !== 'PATCH' || as === '') return 'pass'
      stuck++
      await new Promise(() => undefined)
      return 'pass'
    }
    await api.createTask(namespace, 'restart', { operation: { restart: { kinds: ['StatefulSet'] } } })
    const { kubeconfig } = proxy
    const flags = { 'shutdown-grace': '1' }
    child = await spawnOperator({ kubeconfig, namespaces: [namespace], flags })
    await api.annotate(namespace, 'restart', { 'rota.dev/run': '1' })
    await until('it is writing', () => stuck > 0)
    expect(await child.terminate()).toBe(0)
    expect((await api.task(namespace, 'restart')).status).toMatchObject({
      phase: 'Running',
      activeRun: { attempt: 1, resumed: 0 },
    })
    proxy.fate = () => 'pass'
    child = await spawnOperator({ kubeconfig, namespaces: [namespace], flags })
    const { status } = await api.untilTask(namespace, 'restart', 'ran', task => task.status?.lastResult === 'Succeeded')
    expect(status).toMatchObject({ runCount: 1, errorCount: 0 })
  }, 60_000)
})
