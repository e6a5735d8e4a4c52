import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HistoryView, StatsView, TaskView, WatchEvent, WhyView } from '../../src/server/shapes.ts'
import { until } from '../cluster/until.ts'
import { bindRole, createAccount, shipRoles } from '../harness/accounts.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { auditLogSize, readAuditLog } from '../harness/audit.ts'
import { createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { ENDLESS } from '../harness/job-bench.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { restart } from '../harness/proxied-operator.ts'
import { call, eventsOf, problem } from '../harness/rest.ts'
import { accountWith } from '../harness/token.ts'

const cluster = sharedCluster()

describe('a replica that does not lead', () => {
  let api: Api
  let namespace: string
  let leader: TestOperator
  let other: TestOperator
  let editor: string
  let reader: string

  const start = (identity: string) =>
    startOperator({
      kubeconfig: cluster.kubeconfig,
      namespaces: [namespace],
      flags: { 'leader-elect': 'true', 'insecure-local': 'false', identity },
    })
  const leads = ({ facts }: TestOperator) => facts.findLast(fact => fact.fact === 'Leading')?.leading === true
  const claims = ({ facts }: TestOperator) => facts.filter(({ fact }) => fact === 'Claimed').length
  const path = (name: string) => `/api/tasks/${namespace}/${name}`
  const get = async <T>(path: string) => (await (await call(other, path, { token: reader })).json()) as T
  const post = (path: string, body?: object) => call(other, path, { method: 'POST', token: editor, body })

  beforeAll(async () => {
    api = await apiOf(cluster)
    namespace = await createNamespace(cluster, 'replicas')
    await shipRoles(cluster)
    await createAccount(cluster, namespace, 'job')
    await bindRole(cluster, namespace, 'job', namespace)
    await api.create('deployments', namespace, deployment('web', 1))
    await api.createTask(namespace, 'restart', { schedule: '0 3 * * *', ...restart() })
    await api.createTask(namespace, 'endless', { serviceAccountName: 'job', operation: { job: ENDLESS } })
    editor = await accountWith(cluster, namespace, 'editor', ['get', 'list', 'watch', 'patch'])
    reader = await accountWith(cluster, namespace, 'reader', ['get', 'list'])
    leader = await start('leader')
    await until('it leads', () => leads(leader))
    other = await start('other')
    await until('it answers', async () => (await call(other, path('restart'), { token: reader })).status === 200)
  })
  afterAll(async () => {
    await other?.stop()
    await leader?.stop()
  })

  test.skipIf(usesExistingCluster)(
    'asks for a run as the viewer, and tells from its own watch what the leader did',
    async () => {
      const { auditLog = '' } = cluster
      const start = auditLogSize(auditLog)
      const leave = new AbortController()
      const headers = { authorization: `Bearer ${reader}` }
      const watch = `http://127.0.0.1:${other.port}/api/tasks/watch?namespace=${namespace}`
      const stream = eventsOf(await fetch(watch, { headers, signal: leave.signal }))
      const asked = (await (await post(`${path('restart')}/run`)).json()) as { run_id: string; token: string }
      const hasRun = (event: WatchEvent) =>
        event.type === 'put' && event.task.name === 'restart' && event.task.last_result === 'Succeeded'
      for await (const event of stream) if (hasRun(event)) break
      leave.abort()
      expect(await get<HistoryView[]>(`${path('restart')}/history`)).toMatchObject([{ success: true }])
      expect(await get(`${path('restart')}/runs`)).toMatchObject([{ run_id: asked.run_id, reason: 'Request' }])
      expect(await get<TaskView>(path('restart'))).toMatchObject({ run_count: 1, status: 'Scheduled' })
      expect(await get<WhyView>(`${path('restart')}/why`)).toMatchObject({ rule: 'idle' })
      expect(await get(`${path('restart')}/next?count=2`)).toHaveLength(2)
      expect([claims(leader), claims(other)]).toEqual([1, 0])
      const change = await until(
        'the change is in the audit log',
        async () =>
          readAuditLog(auditLog, start).find(
            ({ verb, requestObject }) => verb === 'patch' && JSON.stringify(requestObject ?? {}).includes(asked.token),
          ),
        found => found !== undefined,
      )
      expect(change?.user.username).toBe(`system:serviceaccount:${namespace}:editor`)
    },
  )

  test('tells what runs there, and cancels it', async () => {
    await post(`${path('endless')}/run`)
    const running = () => get<{ task_id: string; is_cancelled: boolean }[]>(`/api/tasks/running?namespace=${namespace}`)
    await until('it shows', running, ([one]) => one?.task_id === `${namespace}/endless`)
    const stats = await get<StatsView>(`/api/tasks/stats?namespace=${namespace}`)
    expect(stats).toMatchObject({ running_tasks: 1, total_tasks: 2 })
    expect(await (await post(`${path('endless')}/cancel`)).json()).toEqual({ message: 'Task cancelled successfully' })
    await until(
      'it shows that it is cancelled',
      () => get<TaskView>(path('endless')),
      ({ last_result, active_run }) => last_result === 'Cancelled' && active_run === null,
    )
    expect(await problem(post(`${path('endless')}/cancel`))).toMatch(/^409 .* there is nothing to cancel$/)
    expect(claims(other)).toBe(0)
  })

  test('holds a task', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, 'Z')
    expect((await post(`${path('restart')}/hold`, { until: later })).status).toBe(200)
    await until(
      'it shows',
      () => get<TaskView>(path('restart')),
      ({ hold_until, status }) => hold_until === later && status === 'Suspended',
    )
    expect((await post(`${path('restart')}/hold`, { until: null })).status).toBe(200)
    await until(
      'it shows that it is free',
      () => get<TaskView>(path('restart')),
      ({ hold_until, status }) => hold_until === null && status === 'Scheduled',
    )
  })

  test('refuses as the leader would: by the word of the API server', async () => {
    const answer = call(other, `${path('restart')}/run`, { method: 'POST', token: reader })
    expect(await problem(answer)).toBe(`403 you may not patch scheduledtasks.rota.dev in namespace ${namespace}`)
  })

  test('goes on answering when the leader has gone, and does then itself what is asked of it', async () => {
    await leader.stop()
    const { run_id } = (await (await post(`${path('restart')}/run`)).json()) as { run_id: string }
    await until(
      'it has run',
      () => get<{ run_id: string; result: string }[]>(`${path('restart')}/runs`),
      ([newest]) => newest?.run_id === run_id && newest.result === 'Succeeded',
    )
    expect([leads(other), claims(other)]).toEqual([true, 1])
  })
})
