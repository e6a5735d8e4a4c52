import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { shardOf } from '../../src/controller/shards.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment, pausedDeployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { type ChildOperator, spawnOperator } from '../harness/operator.ts'
import { ended, writesTarget } from '../harness/proxied-operator.ts'
import { type Fate, type FaultProxy, type Passing, startProxy } from '../harness/proxy.ts'

const cluster = sharedCluster()
const NAMES = ['a', 'b', 'c', 'd']

/** Replicas with the times of leases as they are by default, each a process of its own. */
describe('of several replicas', () => {
  let api: Api
  const children: ChildOperator[] = []
  const proxies: FaultProxy[] = []

  beforeAll(async () => {
    api = await apiOf(cluster)
  })
  afterEach(async () => {
    await Promise.all(children.splice(0).map(child => child.kill()))
    await Promise.all(proxies.splice(0).map(proxy => proxy.close()))
  })

  async function replica(
    namespaces: readonly string[],
    flags: Readonly<Record<string, string>> = {},
    kubeconfig = cluster.kubeconfig,
  ): Promise<ChildOperator> {
    const child = await spawnOperator({ kubeconfig, namespaces, flags: { 'leader-elect': 'true', ...flags } })
    children.push(child)
    return child
  }
  async function behindProxy(): Promise<FaultProxy> {
    const proxy = await startProxy(cluster)
    proxies.push(proxy)
    return proxy
  }
  /** Leases that it holds. */
  function led({ facts }: ChildOperator): readonly string[] {
    const last = new Map(facts.flatMap(fact => (fact.fact === 'Leading' ? [[fact.name, fact.leading] as const] : [])))
    return [...last].filter(([, leading]) => leading).map(([name]) => name)
  }
  const leads = (child: ChildOperator) => until('it leads', () => led(child).length > 0)
  async function team(): Promise<string> {
    const namespace = await createNamespace(cluster, 'leaders')
    await Promise.all(NAMES.map(name => api.create('deployments', namespace, pausedDeployment(name, 1))))
    await api.createTask(namespace, 'task', { operation: { sleep: {} } })
    return namespace
  }
  const ask = (namespace: string, token: string) => api.annotate(namespace, 'task', { 'rota.dev/run': token })
  const ran = (namespace: string, token: string): Promise<ScheduledTask> =>
    api.untilTask(namespace, 'task', `ran ${token}`, task => task.status?.handled?.run === token && ended(task))
  async function isDoneOnce(namespace: string): Promise<void> {
    const { status } = await api.task(namespace, 'task')
    expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: 1, errorCount: 0 })
    expect(status?.history).toHaveLength(1)
    const all = await api.list('deployments', namespace)
    expect(all.map(({ metadata, spec }) => [spec.replicas, metadata.generation])).toEqual(NAMES.map(() => [0, 2]))
  }
  /** Holds back the first request like this, until it is let through. */
  function held(proxy: FaultProxy, isIt: (request: Passing) => boolean) {
    const met = Promise.withResolvers<void>()
    const through = Promise.withResolvers<Fate>()
    let request: Passing | undefined
    proxy.fate = passing => {
      if (request || !isIt(passing)) return 'pass'
      request = passing
      met.resolve()
      return through.promise
    }
    const go = async () => {
      through.resolve('pass')
      await until('it has been answered', () => request?.answer?.status)
      return request?.answer?.status
    }
    return { met: met.promise, go, answer: (status: number) => through.resolve({ answer: status }) }
  }

  test('the other goes on with a run when the leader is killed in the middle of it', async () => {
    const namespace = await team()
    const proxy = await behindProxy()
    const first = await replica([namespace], {}, proxy.kubeconfig)
    await leads(first)
    const second = await replica([namespace])
    let writes = 0
    const killed = Promise.withResolvers<void>()
    proxy.fate = async (request): Promise<Fate> => {
      if (!writesTarget(request) || ++writes < 2) return 'pass'
      await first.kill()
      killed.resolve()
      return 'reset'
    }
    await ask(namespace, '1')
    await killed.promise
    await ran(namespace, '1')
    expect(led(second)).toHaveLength(1)
    await isDoneOnce(namespace)
  })

  test('a leader that is stopped hands over what is due in that second, and it runs once', async () => {
    const namespace = await team()
    const first = await replica([namespace])
    await leads(first)
    const second = await replica([namespace])
    await Promise.all([ask(namespace, '1'), first.terminate()])
    await ran(namespace, '1')
    await leads(second)
    await isDoneOnce(namespace)
  })

  test.each<[string, (request: Passing) => boolean, number]>([
    ['before its claim', ({ method, url }) => method === 'PUT' && url.includes('/status'), 409],
    ['before it changes an object', writesTarget, 409],
  ])('one that stood still %s, and has been succeeded meanwhile, changes nothing any more', async (_, isIt, status) => {
    const namespace = await team()
    const proxy = await behindProxy()
    const first = await replica([namespace], {}, proxy.kubeconfig)
    await leads(first)
    await api.untilTask(namespace, 'task', 'is observed', task => task.status?.observedGeneration === 1)
    const second = await replica([namespace])
    const request = held(proxy, isIt)
    await ask(namespace, '1')
    await request.met
    process.kill(first.pid, 'SIGSTOP')
    await ran(namespace, '1')
    expect(led(second)).toHaveLength(1)
    expect(await request.go()).toBe(status)
    process.kill(first.pid, 'SIGCONT')
    await until('it knows', () => led(first).length === 0)
    await isDoneOnce(namespace)
  })

  test('one that stood still, and has been succeeded meanwhile, takes no run any more', async () => {
    const namespace = await team()
    const first = await replica([namespace], { identity: 'first' })
    await leads(first)
    const second = await replica([namespace], { identity: 'second' })
    process.kill(first.pid, 'SIGSTOP')
    await leads(second)
    process.kill(first.pid, 'SIGCONT')
    for (const token of ['1', '2', '3']) {
      await ask(namespace, token)
      const { status } = await ran(namespace, token)
      expect(status).toMatchObject({ lastResult: 'Succeeded', runCount: Number(token) })
    }
    await until('it knows', () => led(first).length === 0)
    expect(first.facts.filter(({ fact }) => fact === 'Claimed' || fact === 'Resumed')).toEqual([])
  })

  test('one whose run has been taken up by another no longer has the last word on it', async () => {
    const namespace = await team()
    const [one, other] = [await behindProxy(), await behindProxy()]
    // Without leases each believes that the run is nobody's.
    await replica([namespace], { 'leader-elect': 'false' }, one.kubeconfig)
    const refused = held(one, writesTarget)
    await ask(namespace, '1')
    await refused.met
    const carriedOut = held(other, writesTarget)
    await replica([namespace], { 'leader-elect': 'false' }, other.kubeconfig)
    await carriedOut.met
    const takesUp = ({ method, body }: Passing) => method === 'PUT' && body.includes('"activeRun"')
    const before = one.seen.length
    one.fate = request => (takesUp(request) ? 'reset' : 'pass')
    refused.answer(403)
    const isPast = (request: Passing) => takesUp(request) || (request.method === 'PUT' && request.answer !== undefined)
    await until('it is done with its attempt', () => one.seen.slice(before).some(isPast))
    expect(await carriedOut.go()).toBe(200)
    await ran(namespace, '1')
    await isDoneOnce(namespace)
  })

  test('one that the API server does not answer any more ends its work before another one leads', async () => {
    const namespace = await team()
    const proxy = await behindProxy()
    const first = await replica([namespace], {}, proxy.kubeconfig)
    await leads(first)
    const second = await replica([namespace])
    const silence = new Promise<Fate>(() => undefined)
    proxy.fate = () => silence
    await until('it has given up', () => led(first).length === 0)
    expect(led(second)).toEqual([])
    await ask(namespace, '1')
    await ran(namespace, '1')
    await isDoneOnce(namespace)
  })

  test('each leads some of the shards, and those of one that is killed go on with another', async () => {
    const namespaces: string[] = []
    for (let shard = 0; shard < 2; ) {
      const namespace = await team()
      if (shardOf(namespace, 2) !== shard) continue
      namespaces.push(namespace)
      shard++
    }
    const replicas = [await replica(namespaces, { shards: '2' }), await replica(namespaces, { shards: '2' })]
    const shares = () => replicas.map(child => led(child).length)
    await until('all are led', shares, ([one = 0, other = 0]) => one + other === 2)
    for (const namespace of namespaces) await ask(namespace, '1')
    for (const namespace of namespaces) await ran(namespace, '1')
    await replicas[0]?.kill()
    await until(
      'the other leads all',
      () => led(replicas[1] as ChildOperator),
      ({ length }) => length === 2,
    )
    for (const namespace of namespaces) await isDoneOnce(namespace)
    for (const namespace of namespaces) {
      await api.create('deployments', namespace, deployment('late', 1))
      await ask(namespace, '2')
      expect((await ran(namespace, '2')).status).toMatchObject({ lastResult: 'Succeeded', runCount: 2 })
    }
  })
})
