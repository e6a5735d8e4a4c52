import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { ROLLOUTS } from '../builders/items.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, get, sharedCluster } from '../harness/cluster.ts'
import { customObject, installKinds } from '../harness/custom-kinds.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { ranFor } from '../harness/requested.ts'

const cluster = sharedCluster()

describe('a HorizontalPodAutoscaler', () => {
  let api: Api
  let operator: TestOperator | undefined

  beforeAll(async () => {
    api = await apiOf(cluster)
    await installKinds(cluster, ROLLOUTS)
  })
  afterEach(async () => {
    await operator?.stop()
    operator = undefined
  })

  /** A namespace with Deployments `web`, which is scaled automatically, and `api`, which is not. */
  async function team(prefix: string): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    for (const name of ['web', 'api']) await api.create('deployments', namespace, deployment(name, 3))
    await autoscale(namespace, 'apps/v1', 'Deployment')
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
    return namespace
  }
  async function autoscale(namespace: string, apiVersion: string, kind: string): Promise<void> {
    const spec = { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { apiVersion, kind, name: 'web' } }
    const metadata = { name: kind.toLowerCase() }
    const body = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec }
    await api.create('horizontalpodautoscalers', namespace, body)
  }
  const replicas = async (namespace: string) => {
    const all = await api.list('deployments', namespace)
    return Object.fromEntries(all.map(({ metadata, spec }) => [metadata.name, spec.replicas]))
  }
  const sleeping = async (namespace: string, sleep: object) => {
    await api.createTask(namespace, 'task', { operation: { sleep } })
    return ranFor(api, namespace, 'task')
  }

  test('would scale up again what is to run on: its workload is left out, and that is said', async () => {
    const namespace = await team('on')
    await api.create('rollouts', namespace, customObject(ROLLOUTS, 'web', { replicas: 3 }))
    await autoscale(namespace, 'argoproj.io/v1alpha1', 'Rollout')
    const status = await sleeping(namespace, { kinds: ['Deployment', 'Rollout.argoproj.io'], replicas: 1 })
    expect(status.lastMessage).toBe(
      'slept 1 Deployment; left out: Deployment/web (scaled by HorizontalPodAutoscaler/deployment) and Rollout/web (scaled by HorizontalPodAutoscaler/rollout)',
    )
    expect(await replicas(namespace)).toEqual({ web: 3, api: 1 })
    expect((await api.get('rollouts', namespace, 'web')).spec.replicas).toBe(3)
  })

  test('stands still by itself when nothing is to run, and goes on after the wake', { timeout: 150_000 }, async () => {
    const namespace = await team('off')
    expect((await sleeping(namespace, {})).lastMessage).toBe('slept 2 Deployments')
    const active = async () => {
      const autoscaler = await get<Autoscaler>(cluster, 'horizontalpodautoscaler deployment', namespace)
      return autoscaler.status?.conditions?.find(({ type }) => type === 'ScalingActive')?.reason
    }
    const slow = { timeout: 60_000 }
    await until('the autoscaler has seen it', active, reason => reason === 'ScalingDisabled', slow)
    expect(await replicas(namespace)).toEqual({ web: 0, api: 0 })
    await api.annotate(namespace, 'task', { 'rota.dev/wake': '1' })
    const isAwake = ({ status }: ScheduledTask) => status?.runCount === 2 && !status.activeRun
    const woken = await api.untilTask(namespace, 'task', 'awake', isAwake)
    expect(woken.status?.lastMessage).toBe('woke 2 Deployments')
    expect(await replicas(namespace)).toEqual({ web: 3, api: 3 })
    await until('the autoscaler goes on', active, reason => reason !== 'ScalingDisabled', slow)
    expect(await replicas(namespace)).toEqual({ web: 3, api: 3 })
  })

  test('that cannot be looked for: nothing is touched that could have one', async () => {
    const namespace = await team('unseen')
    const rules = [
      { op: 'test', path: '/rules/2/apiGroups/0', value: 'autoscaling' },
      { op: 'remove', path: '/rules/2' },
    ]
    await cluster.kubectl(['patch', 'role', 'rota', '-n', namespace, '--type=json', '-p', JSON.stringify(rules)])
    const status = await sleeping(namespace, { replicas: 1 })
    expect(status).toMatchObject({ lastResult: 'Failed' })
    expect(status.lastMessage).toContain('may not list horizontalpodautoscalers.autoscaling')
    expect(await replicas(namespace)).toEqual({ web: 3, api: 3 })
  })
})

interface Autoscaler {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly reason?: string }[] }
}
