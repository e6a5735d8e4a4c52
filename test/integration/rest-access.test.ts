import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PreviewView } from '../../src/server/shapes.ts'
import { until } from '../cluster/until.ts'
import { apiOf, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { nextSecond } from '../harness/next-second.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { restart } from '../harness/proxied-operator.ts'
import { call, problem } from '../harness/rest.ts'
import { accountWith } from '../harness/token.ts'

const cluster = sharedCluster()

describe('what Rota cannot check', () => {
  test('lets nobody in: 503, and a line in the log that says what is missing', async () => {
    const namespace = await createNamespace(cluster, 'unchecked')
    const token = await accountWith(cluster, namespace, 'editor', ['get', 'list', 'watch', 'patch'])
    const operator = await startOperator({
      kubeconfig: await cluster.kubeconfigForServiceAccount(namespace, 'editor'),
      namespaces: [namespace],
      flags: { 'insecure-local': 'false' },
    })
    try {
      const path = `/api/tasks?namespace=${namespace}`
      const words = await problem(call(operator, path, { token }))
      expect(words).toMatch(/^503 callers of the REST API cannot be checked: Rota itself may not create tokenreviews/)
      await call(operator, path, { token })
      expect(operator.lines.filter(line => line.includes('cannot be checked'))).toHaveLength(1)
    } finally {
      await operator.stop()
    }
  })

  test.skipIf(usesExistingCluster)(
    'a token whose account is gone works no longer than a few seconds',
    async () => {
      const namespace = await createNamespace(cluster, 'revoked')
      const token = await accountWith(cluster, namespace, 'leaver', ['get', 'list'])
      const operator = await startOperator({
        kubeconfig: cluster.kubeconfig,
        namespaces: [namespace],
        flags: { 'insecure-local': 'false' },
      })
      try {
        const status = async () => (await call(operator, `/api/tasks?namespace=${namespace}`, { token })).status
        await until('let in', status, code => code === 200)
        await cluster.kubectl(['delete', 'serviceaccount', 'leaver', '-n', namespace])
        await until('not let in any more', status, code => code === 401, { timeout: 60_000 })
      } finally {
        await operator.stop()
      }
    },
    120_000,
  )
})

describe('the REST API with --insecure-local', () => {
  let namespace: string
  let operator: TestOperator
  beforeAll(async () => {
    const api = await apiOf(cluster)
    namespace = await createNamespace(cluster, 'local')
    await api.create('deployments', namespace, deployment('web', 1))
    await api.createTask(namespace, 'task', restart())
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
    await api.untilTask(namespace, 'task', 'seen', ({ status }) => status?.phase === 'Idle')
  })
  afterAll(() => operator?.stop())

  test('everybody on this machine may do everything, with the rights of its kubeconfig', async () => {
    const asked = await call(operator, `/api/tasks/${namespace}/task/run`, { method: 'POST', body: {} })
    expect(asked.status).toBe(200)
    const ran = async () =>
      (await (await call(operator, `/api/tasks/${namespace}/task`)).json()) as { last_result: string }
    await until('it ran', ran, ({ last_result }) => last_result === 'Succeeded')
    // Within the same second it is restarted already.
    await nextSecond()
    const preview = (await (await call(operator, `/api/tasks/${namespace}/task/preview`)).json()) as PreviewView
    expect(preview.seen_as).toBe('Account')
    expect(await problem(call(operator, '/api/tasks', { headers: { origin: 'https://evil.example' } }))).toMatch(
      /^403 /,
    )
    expect(preview.runs[0]).toMatchObject({ operation: 'restart', verdict: 'WouldSucceed', changes: [{ name: 'web' }] })
  })
})
