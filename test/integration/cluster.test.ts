import { beforeAll, describe, expect, test } from 'vitest'
import type { ClusterAccess } from '../cluster/access.ts'
import { until } from '../cluster/until.ts'
import { readAuditLog } from '../harness/audit.ts'
import { apply, createNamespace, get, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'

const cluster: ClusterAccess = sharedCluster()
let namespace: string

beforeAll(async () => {
  namespace = await createNamespace(cluster, 'harness', { labels: { purpose: 'self-test' } })
})

test('five Deployments of two become available, and their Pods vanish at 0 replicas', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  await apply(
    cluster,
    names.map(name => workload('Deployment', name)),
    namespace,
  )
  await until('five Deployments are available', () => statuses('deployments'), allHave('availableReplicas', 2, 5))

  await cluster.kubectl(['scale', ...names.map(name => `deployment/${name}`), '--replicas=0', '-n', namespace])
  await until(
    'all Pods are gone',
    () => podNames('kind=Deployment'),
    pods => pods.length === 0,
  )
})

test('a StatefulSet becomes ready, one Pod after the other', async () => {
  await apply(cluster, [workload('StatefulSet', 'db')], namespace)
  await until('the StatefulSet is ready', () => statuses('statefulsets'), allHave('readyReplicas', 2, 1))
  expect(await podNames('kind=StatefulSet')).toEqual(['pod/db-0', 'pod/db-1'])
})

test('a namespace has its labels', async () => {
  const { metadata } = await get<{ metadata: { labels: object } }>(cluster, `namespace ${namespace}`)
  expect(metadata.labels).toMatchObject({ purpose: 'self-test' })
})

describe('the account of a test namespace', () => {
  test('may change workloads there and nothing else', async () => {
    const kubeconfig = await cluster.kubeconfigForServiceAccount(namespace, 'rota')
    const may = async (...what: string[]): Promise<string> =>
      (await cluster.tryKubectl(['auth', 'can-i', ...what], { kubeconfig })).stdout.trim()
    expect(await may('patch', 'deployments.apps')).toBe('yes')
    expect(await may('patch', 'deployments.apps', '--subresource=scale')).toBe('yes')
    expect(await may('update', 'cronjobs.batch')).toBe('yes')
    expect(await may('get', 'secrets')).toBe('no')
    expect(await may('patch', 'deployments.apps', '-n', 'default')).toBe('no')
  })

  test.skipIf(usesExistingCluster)('shows in the audit log with what it sent', async () => {
    await apply(cluster, [workload('Deployment', 'seen')], namespace)
    const kubeconfig = await cluster.kubeconfigForServiceAccount(namespace, 'rota')
    const body = '{"metadata":{"annotations":{"touched-by":"the account"}}}'
    await cluster.kubectl(['patch', 'deployment', 'seen', '--type=merge', '-p', body], { kubeconfig })

    const isOurs = (event: ReturnType<typeof readAuditLog>[number]): boolean =>
      event.user.username === `system:serviceaccount:${namespace}:rota` && event.verb === 'patch'
    const events = await until(
      'the audit log has the request',
      () => readAuditLog(cluster.auditLog ?? '').filter(isOurs),
      found => found.length > 0,
    )
    expect(events).toMatchObject([
      {
        level: 'RequestResponse',
        objectRef: { resource: 'deployments', namespace, name: 'seen' },
        responseStatus: { code: 200 },
        requestObject: JSON.parse(body),
      },
    ])
  })
})

test('kubectl passes on why it failed', async () => {
  await expect(cluster.kubectl(['get', 'pod', 'nobody', '-n', namespace])).rejects.toThrow(/pods "nobody" not found/)
  expect((await cluster.tryKubectl(['get', 'pod', 'nobody', '-n', namespace])).code).toBe(1)
})

// Runs on fake nodes, which pull nothing, and on real ones.
const idle = { name: 'main', image: 'busybox:1', command: ['sleep', 'infinity'] }

function workload(kind: 'Deployment' | 'StatefulSet', name: string): object {
  const labels = { app: name, kind }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      ...(kind === 'StatefulSet' && { serviceName: name }),
      template: { metadata: { labels }, spec: { containers: [idle] } },
    },
  }
}

type Status = Readonly<Record<string, unknown>>

async function statuses(kind: string): Promise<readonly Status[]> {
  const { items } = await get<{ items: readonly { status: Status }[] }>(cluster, kind, namespace)
  return items.map(item => item.status)
}

function allHave(field: string, value: number, count: number) {
  return (seen: readonly Status[]): boolean => seen.length === count && seen.every(status => status[field] === value)
}

async function podNames(selector: string): Promise<string[]> {
  const { stdout } = await cluster.kubectl(['get', 'pods', '-l', selector, '-n', namespace, '-o', 'name'])
  return stdout.split('\n').filter(name => name !== '')
}
