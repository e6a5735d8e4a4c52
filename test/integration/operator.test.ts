import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { letGetMetrics } from '../harness/accounts.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { startProxy } from '../harness/proxy.ts'
import { accountWith, tokenOf } from '../harness/token.ts'

const cluster = sharedCluster()

describe('the operator', () => {
  let api: Api
  const operators: TestOperator[] = []

  beforeAll(async () => {
    api = await apiOf(cluster)
  })
  afterEach(async () => {
    await Promise.all(operators.splice(0).map(operator => operator.stop()))
  })

  async function operate(
    namespace: string,
    flags: Readonly<Record<string, string>> = {},
    kubeconfig = cluster.kubeconfig,
  ) {
    const operator = await startOperator({ kubeconfig, namespaces: [namespace], flags })
    operators.push(operator)
    return operator
  }
  const leads = ({ facts }: TestOperator) => {
    const last = facts.findLast(({ fact }) => fact === 'Leading')
    return last?.fact === 'Leading' && last.leading
  }
  async function ran(namespace: string, token: string): Promise<void> {
    await api.annotate(namespace, 'task', { 'rota.dev/run': token })
    await api.untilTask(
      namespace,
      'task',
      `ran ${token}`,
      ({ status }) => status?.handled?.run === token && !status.activeRun,
    )
  }

  test('two replicas: one leads; when it stops the other takes over at once, and each run happens once', async () => {
    const namespace = await createNamespace(cluster, 'lead')
    await api.create('deployments', namespace, deployment('web', 1))
    await api.createTask(namespace, 'task', { operation: { restart: {} } })
    const flags = { 'leader-elect': 'true' }
    const first = await operate(namespace, flags)
    await until('the first leads', () => leads(first))
    const second = await operate(namespace, flags)
    await ran(namespace, '1')
    expect(leads(second)).toBeFalsy()
    const started = performance.now()
    await first.stop()
    await until('the second leads', () => leads(second))
    expect(performance.now() - started).toBeLessThan(8000)
    await ran(namespace, '2')
    expect((await api.task(namespace, 'task')).status).toMatchObject({ runCount: 2, errorCount: 0 })
  })

  test('a leader that cannot renew stops; the other takes over after the lease has run out', async () => {
    const namespace = await createNamespace(cluster, 'lease')
    await api.create('deployments', namespace, deployment('web', 1))
    await api.createTask(namespace, 'task', { operation: { restart: {} } })
    const proxy = await startProxy(cluster)
    const flags = { 'leader-elect': 'true' }
    const first = await operate(namespace, flags, proxy.kubeconfig)
    await until('the first leads', () => leads(first))
    const second = await operate(namespace, flags)
    proxy.fate = () => 'reset'
    await until('the first has stopped leading', () => !leads(first))
    await until('the second leads', () => leads(second))
    await ran(namespace, '1')
    proxy.fate = () => 'pass'
    expect((await api.task(namespace, 'task')).status).toMatchObject({ runCount: 1 })
    await first.stop()
    await proxy.close()
  })

  test("a clock that differs from the API server's by more than it may claims nothing, and is not ready", async () => {
    const namespace = await createNamespace(cluster, 'skew')
    await api.create('deployments', namespace, deployment('web', 1))
    const start = Date.now() + 120_000
    const operator = await startOperator({
      kubeconfig: cluster.kubeconfig,
      namespaces: [namespace],
      start,
      clockTolerance: 30_000,
    })
    operators.push(operator)
    await api.createTask(namespace, 'task', { operation: { restart: {} } })
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    const observed = await api.untilTask(
      namespace,
      'task',
      'observed',
      ({ status }) => status?.observedGeneration === 1,
    )
    const probe = await fetch(`http://127.0.0.1:${operator.port}/readyz`)
    expect(probe.status).toBe(503)
    expect(await probe.text()).toMatch(/^not ready: the clock differs from the API server's by 1[12]\d s\n$/)
    expect(observed.status).toMatchObject({ runCount: 0 })
    expect(operator.facts.filter(({ fact }) => fact === 'Submitted')).toEqual([])
  })

  test('probes and metrics: open with --insecure-local', async () => {
    const namespace = await createNamespace(cluster, 'probes')
    await api.create('deployments', namespace, deployment('web', 1))
    await api.createTask(namespace, 'task', { operation: { restart: {} } })
    const { port } = await operate(namespace)
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
    await until('ready', async () => (await get('/readyz')).status === 200)
    await ran(namespace, '1')
    expect(await (await get('/healthz')).text()).toBe('ok\n')
    const health = async () => (await (await get('/health')).json()) as { running_tasks: number }
    // The worker is free a moment after the record is written.
    const idle = await until('no run is active', health, ({ running_tasks }) => running_tasks === 0)
    expect(idle).toMatchObject({
      status: 'healthy',
      tasks_count: 1,
      running_tasks: 0,
      thread_pool: { max_workers: 5, active_threads: 0, task_timeout: 300, max_retries: 3 },
    })
    const metrics = await (await get('/metrics')).text()
    for (const line of [
      'rota_runs_total{operation="restart",result="Succeeded"} 1',
      'rota_run_attempts_total{operation="restart",outcome="Succeeded"} 1',
      'rota_run_duration_seconds_count{operation="restart"} 1',
      'rota_start_lateness_seconds_count 1',
      'rota_objects_changed_total{operation="restart",kind="Deployment"} 1',
      'rota_workers{state="max"} 5',
      'rota_tasks{phase="Idle"} 1',
      'rota_queue_depth 0',
    ]) {
      expect(metrics).toContain(line)
    }
  })

  test('metrics are for those who may get /metrics: no token 401, a token without the right 403, with it 200', async () => {
    const namespace = await createNamespace(cluster, 'auth')
    const { port } = await operate(namespace, { 'insecure-local': 'false' })
    const status = async (token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      return (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status
    }
    const allowed = await accountWith(cluster, namespace, 'prometheus', [])
    const endRight = await letGetMetrics(cluster, namespace, 'prometheus')
    try {
      expect(await status()).toBe(401)
      expect(await status('nonsense')).toBe(401)
      expect(await status(await tokenOf(cluster, namespace, 'rota'))).toBe(403)
      // A new right takes a moment to be known everywhere in the API server.
      await until(
        'allowed',
        () => status(allowed),
        code => code === 200,
        { timeout: 15_000 },
      )
    } finally {
      await endRight()
    }
  })

  test('an unreachable API server: not ready, no crash, and it catches up by itself', async () => {
    const namespace = await createNamespace(cluster, 'away')
    await api.create('deployments', namespace, deployment('web', 1))
    await api.createTask(namespace, 'task', { operation: { restart: {} } })
    const proxy = await startProxy(cluster)
    const { port, facts } = await operate(namespace, {}, proxy.kubeconfig)
    const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status
    await until('ready', ready, code => code === 200)
    proxy.fate = () => 'reset'
    proxy.reset()
    await api.annotate(namespace, 'task', { 'rota.dev/run': '1' })
    await until('not ready', ready, code => code === 503, { timeout: 40_000 })
    const before = facts.length
    proxy.fate = () => 'pass'
    await api.untilTask(
      namespace,
      'task',
      'ran',
      ({ status }) => status?.handled?.run === '1' && !status.activeRun,
      40_000,
    )
    await until('ready again', ready, code => code === 200)
    // It asked now and then, not in a loop.
    expect(before).toBeLessThan(200)
    await operators.pop()?.stop()
    await proxy.close()
  }, 120_000)
})
