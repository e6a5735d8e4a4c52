import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, pausedDeployment } from '../harness/api.ts'
import { type AuditEvent, readAuditLog } from '../harness/audit.ts'
import { createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { inHaste } from '../harness/shifted-clock.ts'

const cluster = sharedCluster()
const MANY = 1200
const PAGE = 500

describe('a namespace of 1,200 Deployments', () => {
  let api: Api
  let operator: TestOperator
  let namespace: string
  let began: number
  const replicasOf = (name: string) => 1 + (Number(name.slice(4)) % 5)
  const names = Array.from({ length: MANY }, (_, n) => `app-${n}`)

  beforeAll(async () => {
    api = await apiOf(cluster)
    namespace = await createNamespace(cluster, 'many')
    for (let n = 0; n < MANY; n += 50) {
      await Promise.all(
        names
          .slice(n, n + 50)
          .map(name => api.create('deployments', namespace, pausedDeployment(name, replicasOf(name)))),
      )
    }
    operator = await startOperator({ kubeconfig: cluster.kubeconfig, namespaces: [namespace] })
    began = operator.clock.now()
  }, 240_000)
  afterAll(async () => {
    await operator?.stop()
    await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false'])
  })

  /** Asks for a run and returns what the task said meanwhile. */
  async function runs(name: string, operation: object): Promise<readonly string[]> {
    await api.createTask(namespace, name, { operation, timeoutSeconds: 3600 })
    const said = new Set<string>()
    // Time that passes fast for the operator, so that it has much to tell.
    await inHaste(operator.clock, async () => {
      await api.annotate(namespace, name, { 'rota.dev/run': '1' })
      const ended = await api.untilTask(
        namespace,
        name,
        'ended',
        ({ status }) => {
          if (status?.activeRun && status.lastMessage) said.add(status.lastMessage)
          return status?.lastResult !== undefined && !status.activeRun
        },
        200_000,
      )
      expect(ended.status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
      expect(ended.status?.history?.[0]).toMatchObject({ changed: MANY, attempts: 1 })
    })
    return [...said]
  }
  const counts = async () => {
    const all = await api.list('deployments', namespace)
    return new Map(all.map(({ metadata, spec }) => [metadata.name, spec.replicas]))
  }

  test('sleeps completely, and says how far it is', { timeout: 240_000 }, async () => {
    const said = await runs('off', { sleep: {} })
    expect([...(await counts()).values()]).toEqual(names.map(() => 0))
    expect(said.length).toBeGreaterThan(0)
    for (const message of said) expect(message).toMatch(/^changed (\d,)?\d{1,3} of 1,200 objects$/)
    const { status } = await api.task(namespace, 'off')
    expect(status?.lastMessage).toBe('slept 1,200 Deployments')
    expect(status?.sleeping).toMatchObject({ workloads: MANY })
  })

  test('wakes completely: every count is as it was', { timeout: 240_000 }, async () => {
    await runs('on', { wake: {} })
    expect(await counts()).toEqual(new Map(names.map(name => [name, replicasOf(name)])))
    const all = await api.list('deployments', namespace)
    expect(all.filter(({ metadata }) => metadata.annotations?.['rota.dev/sleep'] !== undefined)).toEqual([])
  })

  test.skipIf(usesExistingCluster)(
    'it was listed in pages, and each object was changed exactly once by each run',
    async () => {
      const seen = await until(
        'the audit log has all writes',
        () => readAuditLog(cluster.auditLog ?? '').filter(({ objectRef }) => objectRef?.namespace === namespace),
        events => changes(events).length >= 2 * MANY,
      )
      const byRun = Map.groupBy(changes(seen), ({ requestObject }) => runIn(requestObject))
      expect(byRun.size).toBe(2)
      for (const [, writes] of byRun) {
        expect(writes).toHaveLength(MANY)
        expect(new Set(writes.map(({ objectRef }) => objectRef?.name))).toEqual(new Set(names))
      }
      const lists = seen.filter(
        ({ verb, objectRef, impersonatedUser }) =>
          verb === 'list' && objectRef?.resource === 'deployments' && impersonatedUser,
      )
      const pages = lists.map(({ requestURI }) => new URL(requestURI, 'http://api').searchParams)
      expect(pages.filter(page => page.get('limit') !== String(PAGE))).toEqual([])
      const first = pages.filter(page => !page.has('continue')).length
      expect(first).toBeGreaterThanOrEqual(2)
      expect(pages).toHaveLength(first * Math.ceil(MANY / PAGE))
    },
  )

  test.skipIf(usesExistingCluster)('what it says meanwhile is written now and then, not with each object', async () => {
    const written = readAuditLog(cluster.auditLog ?? '').filter(
      ({ objectRef, verb }) =>
        objectRef?.namespace === namespace && objectRef.subresource === 'status' && verb === 'update',
    )
    const seconds = (operator.clock.now() - began) / 1000
    // Besides: each task is observed, claimed and recorded.
    expect(written.length).toBeLessThanOrEqual(10 + seconds / 10)
    expect(written.length).toBeLessThan(MANY)
  })

  /** Writes on Deployments that went through: one that met a conflict changed nothing. */
  function changes(events: readonly AuditEvent[]): readonly AuditEvent[] {
    return events.filter(
      ({ verb, objectRef, impersonatedUser, responseStatus }) =>
        verb === 'patch' && objectRef?.resource === 'deployments' && impersonatedUser && responseStatus?.code === 200,
    )
  }
  function runIn(body: unknown): string | undefined {
    const { metadata } = body as { metadata?: { annotations?: Record<string, string> } }
    return metadata?.annotations?.['rota.dev/last-run']
  }
})
