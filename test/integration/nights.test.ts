import { afterAll, beforeAll, describe, test } from 'vitest'
import { dice } from '../builders/dice.ts'
import { seed } from '../builders/seed.ts'
import { type Api, apiOf } from '../harness/api.ts'
import { createNamespace, get, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { LiveWorld } from '../nights/live-world.ts'
import { nights } from '../nights/nights.ts'
import type { Owner } from '../nights/workload.ts'

const cluster = sharedCluster()
const NAMESPACES = 5
const WORKLOADS = 100
const STEPS = 5

describe('sleep, then wake', () => {
  let api: Api
  let operator: TestOperator
  const namespaces: string[] = []

  beforeAll(async () => {
    api = await apiOf(cluster)
    for (let n = 0; n < NAMESPACES; n++) {
      const namespace = await createNamespace(cluster, 'nights')
      const role = ['autoscalers', '-n', namespace]
      const rights = ['--verb=list', '--resource=horizontalpodautoscalers.autoscaling']
      await cluster.kubectl(['create', 'role', ...role, ...rights])
      const subject = ['--role=autoscalers', `--serviceaccount=${namespace}:rota`]
      await cluster.kubectl(['create', 'rolebinding', ...role, ...subject])
      await cluster.kubectl(['create', 'configmap', 'owner', '-n', namespace])
      namespaces.push(namespace)
    }
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces })
  })
  afterAll(async () => {
    await operator?.stop()
    await cluster.kubectl(['delete', 'namespace', ...namespaces, '--wait=false'])
  })

  test('is the identity on 500 workloads, and what people do meanwhile is kept and reported', {
    timeout: 400_000,
  }, async () => {
    const first = seed()
    const all = namespaces.map(async (namespace, n) => {
      const { metadata } = await get<{ metadata: { uid: string } }>(cluster, 'configmap owner', namespace)
      const owner: Owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid }
      await nights(dice(first + n), new LiveWorld(cluster, api, namespace), WORKLOADS, STEPS, owner)
    })
    await Promise.all(all)
  })
})
