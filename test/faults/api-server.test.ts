import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { type Fate, startProxy } from '../harness/proxy.ts'

// The servers of somebody else's cluster are not ours to kill.
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
})
