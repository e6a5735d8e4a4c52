import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { type Fate, type FaultProxy, startProxy } from '../harness/proxy.ts'

// The servers of somebody else's cluster are not ours to kill.
/** Ten minutes take too long for every day: `OUTAGE_SECONDS=600` is for a look at them. */
const OUTAGE_SECONDS = Number(process.env['OUTAGE_SECONDS'] ?? 20)

describe.skipIf(usesExistingCluster)('the API server is killed', () => {
  let cluster: Cluster
  let api: Api
  let operator: TestOperator | undefined

  beforeAll(async () => {
    cluster = await startOwnCluster()
    await installCrds(cluster)
    api = await apiOf(cluster)
  })
  afterAll(async () => {
    await operator?.stop()
    await cluster?.stop()
  })

  test('in the middle of a run: the operator waits, goes on where it was, and counts the run once', async () => {
    const namespace = await createNamespace(cluster, 'killed')
    const names = Array.from({ length: 20 }, (_, n) => `app-${n}`)
    for (const name of names) await api.create('deployments', namespace, deployment(name, 1))
    const proxy = await startProxy(cluster)
    let writes = 0
    const killed = Promise.withResolvers<void>()
    proxy.fate = async ({ method, as }): Promise<Fate> => {
      if (method === 'PATCH' && as !== '' && ++writes === 10) killed.resolve(cluster.apiServer.kill())
      return 'pass'
    }
    const flags = { 'task-retry-delay-seconds': '1' }
    operator = await startOperator({ kubeconfig: proxy.kubeconfig, namespaces: [namespace], flags })
    await api.createTask(namespace, 'off', { operation: { sleep: {} }, retry: { attempts: 10 } })
    await api.annotate(namespace, 'off', { 'rota.dev/run': '1' })
    await killed.promise
    const { facts } = operator
    await until('the operator has noticed', () => facts.some(({ fact }) => fact === 'WatchRestarted'))
    await cluster.apiServer.start()
    const slept = await api.untilTask(
      namespace,
      'off',
      'slept',
      ({ status }) => status?.lastResult !== undefined && !status.activeRun,
      90_000,
    )
    expect(slept.status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
    expect(slept.status?.history?.[0]).toMatchObject({ changed: names.length })
    const deployments = await api.list('deployments', namespace)
    expect(deployments.map(({ metadata, spec }) => [spec.replicas, metadata.generation])).toEqual(
      names.map(() => [0, 2]),
    )
    await operator.stop()
    operator = undefined
    await proxy.close()
  }, 150_000)

  test.each<[string, string]>([
    ['a leader', 'true'],
    ['an operator without a lease', 'false'],
  ])(
    'for a while: %s asks now and then, and has all runs that were due begun soon after it is back',
    async (_, elects) => {
      const namespace = await createNamespace(cluster, 'away')
      const names = ['task-1', 'task-2', 'task-3']
      for (const name of names) await api.create('deployments', namespace, deployment(name, 1))
      const proxy = await startProxy(cluster)
      operator = await startOperator({
        kubeconfig: proxy.kubeconfig,
        namespaces: [namespace],
        flags: { 'leader-elect': elects },
      })
      const { clock, facts, port } = operator
      for (const name of names) {
        await api.createTask(namespace, name, {
          schedule: '0 3 * * *',
          timeZone: 'UTC',
          operation: { restart: { names: [name] } },
        })
      }
      for (const name of names) {
        await api.untilTask(namespace, name, 'is planned', ({ status }) => status?.nextRunTime !== undefined)
      }
      const claims = () => facts.filter(({ fact }) => fact === 'Claimed')

      await cluster.apiServer.kill()
      const asked = await during(OUTAGE_SECONDS, proxy, () => clock.jumpTo(nextThree(clock.now())))
      const readiness = await fetch(`http://127.0.0.1:${port}/readyz`)
      const liveness = await fetch(`http://127.0.0.1:${port}/healthz`)
      expect(claims()).toEqual([])
      expect(asked / OUTAGE_SECONDS).toBeLessThan(5)
      if (OUTAGE_SECONDS > 25) expect(readiness.status).toBe(503)
      expect(liveness.status).toBe(200)

      await cluster.apiServer.start()
      const back = performance.now()
      await until('all have begun', () => claims().length === names.length, Boolean, { interval: 20 })
      const took = performance.now() - back
      console.info(
        `${OUTAGE_SECONDS} s away: ${asked} requests, all runs begun ${Math.round(took)} ms after it was back`,
      )
      // Promised are five seconds; the rest is what a busy machine may be late. The pause of a claim alone grows to half a minute.
      expect(took).toBeLessThan(10_000)
      for (const name of names) {
        const { status } = await api.untilTask(namespace, name, 'ran', task => task.status?.lastResult !== undefined)
        expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
        expect((await api.get('deployments', namespace, name)).metadata.generation).toBe(2)
      }
      await operator.stop()
      operator = undefined
      await proxy.close()
    },
    150_000 + OUTAGE_SECONDS * 1000,
  )
})

/** How many requests are made while so many seconds pass. */
async function during(seconds: number, { seen }: FaultProxy, begin: () => void): Promise<number> {
  const before = seen.length
  begin()
  await sleep(seconds * 1000)
  return seen.length - before
}

function nextThree(now: number): number {
  const day = 24 * 3600_000
  const three = Math.floor(now / day) * day + 3 * 3600_000
  return three > now ? three : three + day
}
