import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { rfc3339 } from '../../src/lib/instant.ts'
import { ROLLOUTS } from '../builders/items.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { customObject, installKinds } from '../harness/custom-kinds.ts'
import { type ChildOperator, spawnOperator, startOperator, type TestOperator } from '../harness/operator.ts'
import { writesTarget } from '../harness/proxied-operator.ts'
import { type Fate, type FaultProxy, type Passing, startProxy } from '../harness/proxy.ts'

const cluster = sharedCluster()
const SLEEP = 'rota.dev/sleep'
const HOUR = 3600_000
const KINDS = ['Deployment', 'Rollout.argoproj.io']

describe('a kind that is scaled by its scale subresource', () => {
  let api: Api
  let proxy: FaultProxy | undefined
  let operator: TestOperator | undefined
  let child: ChildOperator | undefined

  beforeAll(async () => {
    api = await apiOf(cluster)
    await installKinds(cluster, ROLLOUTS)
  })
  afterEach(async () => {
    await operator?.stop()
    await child?.kill()
    await proxy?.close()
    operator = undefined
    child = undefined
    proxy = undefined
  })

  async function start(namespace: string, at?: number): Promise<FaultProxy> {
    proxy ??= await startProxy(cluster)
    const { kubeconfig } = proxy
    operator = await startOperator({ kubeconfig, namespaces: [namespace], ...(at !== undefined && { start: at }) })
    return proxy
  }
  /** A namespace with a Rollout `web` of 3 replicas. */
  async function team(prefix: string): Promise<string> {
    const namespace = await createNamespace(cluster, prefix)
    await api.create('rollouts', namespace, customObject(ROLLOUTS, 'web', { replicas: 3 }))
    return namespace
  }
  const web = async (namespace: string) => {
    const { metadata, spec } = await api.get('rollouts', namespace, 'web')
    const kept = metadata.annotations?.[SLEEP]
    return { replicas: spec.replicas, ...(kept !== undefined && { kept: JSON.parse(kept) as { from: number } }) }
  }
  const task = (more: object = {}, sleep: object = {}) => ({
    retry: { attempts: 5, delaySeconds: 0 },
    operation: { sleep: { kinds: KINDS, ...sleep } },
    ...more,
  })
  /** Asks for a run, or for a wake, and waits until it has ended. */
  async function ran(namespace: string, name: string, what: 'run' | 'wake'): Promise<ScheduledTask> {
    const { status } = await api.task(namespace, name)
    const times = (status?.runCount ?? 0) + 1
    await api.annotate(namespace, name, { [`rota.dev/${what}`]: String(times) })
    return api.untilTask(namespace, name, 'ran', task => task.status?.runCount === times && !task.status.activeRun)
  }
  const writes = ({ seen }: FaultProxy) => seen.filter(writesTarget)
  const isScale = ({ url }: Passing) => url.includes('/scale?') || url.endsWith('/scale')

  test('what was there is kept first, then it is turned off on that very version; it wakes the other way round', async () => {
    const namespace = await team('order')
    const through = await start(namespace)
    await api.createTask(namespace, 'task', task())
    const slept = await ran(namespace, 'task', 'run')
    expect(slept.status).toMatchObject({ lastMessage: 'slept 1 Rollout', sleeping: { workloads: 1 } })
    expect(await web(namespace)).toMatchObject({ replicas: 0, kept: { from: 3, to: 0 } })
    const [keeps, turnsOff] = writes(through)
    expect([keeps, turnsOff].map(request => request && isScale(request))).toEqual([false, true])
    const versions = [keeps, turnsOff].map(request => versionIn(request?.body))
    expect(versions.every(Boolean)).toBe(true)
    expect(versions[0]).not.toBe(versions[1])

    const woken = await ran(namespace, 'task', 'wake')
    expect(woken.status?.lastMessage).toBe('woke 1 Rollout')
    expect(woken.status?.sleeping).toBeUndefined()
    expect(await web(namespace)).toEqual({ replicas: 3 })
    expect(writes(through).map(isScale)).toEqual([false, true, true, false])
  })

  const FATES: readonly [which: string, nth: number, what: string, fate: Fate][] = (
    ['first', 'second'] as const
  ).flatMap((which, at) => [
    [which, at + 1, 'never arrives', 'reset'],
    [which, at + 1, 'arrives and its answer is lost', 'lose'],
    [which, at + 1, 'is refused for now', { answer: 503 }],
  ])
  /** Something happens to the nth write on targets from now on, once. */
  function befalls(through: FaultProxy, nth: number, fate: Fate): void {
    let writes = 0
    through.fate = request => (writesTarget(request) && ++writes === nth ? fate : 'pass')
  }

  test.each(FATES)('the %s of its two writes (%i) %s: it sleeps, and wakes as it was', async (_, nth, _what, fate) => {
    const namespace = await team('fault')
    const through = await start(namespace)
    await api.createTask(namespace, 'task', task())
    befalls(through, nth, fate)
    expect((await ran(namespace, 'task', 'run')).status).toMatchObject({ lastMessage: 'slept 1 Rollout' })
    expect(await web(namespace)).toMatchObject({ replicas: 0, kept: { from: 3, to: 0 } })
    befalls(through, nth, fate)
    expect((await ran(namespace, 'task', 'wake')).status).toMatchObject({ lastMessage: 'woke 1 Rollout' })
    expect(await web(namespace)).toEqual({ replicas: 3 })
  })

  test.each(FATES)('the %s write (%i) of a deeper sleep %s: the first number stays', async (_, nth, _what, fate) => {
    const namespace = await team('deeper')
    const through = await start(namespace)
    await api.createTask(namespace, 'one', task({}, { replicas: 1 }))
    await api.createTask(namespace, 'none', task())
    await ran(namespace, 'one', 'run')
    expect(await web(namespace)).toMatchObject({ replicas: 1, kept: { from: 3, to: 1 } })
    befalls(through, nth, fate)
    await ran(namespace, 'none', 'run')
    expect(await web(namespace)).toMatchObject({ replicas: 0, kept: { from: 3, to: 0 } })
    const still = await ran(namespace, 'none', 'wake')
    expect(still.status?.lastMessage).toBe(`nothing to do; left out: web (still held asleep by ${namespace}/one)`)
    await ran(namespace, 'one', 'wake')
    expect(await web(namespace)).toEqual({ replicas: 3 })
  })

  describe('kill -9', () => {
    /** Slots lie ahead of the real time in which the tasks are made. */
    const evening = (Math.floor(Date.now() / HOUR) + 2) * HOUR
    const morning = evening + 11 * HOUR
    const daily = (at: number) => `0 ${new Date(at).getUTCHours()} * * *`
    const nightly = () =>
      task({ schedule: daily(evening), retry: { delaySeconds: 60 } }, { wakeSchedule: daily(morning) })

    /** Kills the operator at the nth write of the evening, before it arrives or when it has been carried out. */
    async function killedAt(namespace: string, nth: number, fate: 'reset' | 'lose'): Promise<void> {
      proxy ??= await startProxy(cluster)
      const through = proxy
      let writes = 0
      const killed = Promise.withResolvers<void>()
      const kill = async () => {
        await child?.kill()
        killed.resolve()
      }
      through.fate = async request => {
        if (!writesTarget(request) || ++writes < nth) return 'pass'
        if (fate === 'reset') await kill()
        else void until('it is carried out', () => request.answer !== undefined).then(kill)
        return fate
      }
      child = await spawnOperator({ kubeconfig: through.kubeconfig, namespaces: [namespace], start: evening - 2000 })
      await killed.promise
      child = undefined
      through.fate = () => 'pass'
    }
    const POINTS = [
      [1, 'reset'],
      [1, 'lose'],
      [2, 'reset'],
      [2, 'lose'],
    ] as const

    test.each(POINTS)('at write %i of its sleep (%s): who comes after finishes it', async (nth, fate) => {
      const namespace = await team('resumed')
      await api.createTask(namespace, 'task', nightly())
      await killedAt(namespace, nth, fate)
      await start(namespace, evening + 120_000)
      await api.untilTask(namespace, 'task', 'slept', ({ status }) => status?.lastResult === 'Succeeded')
      expect(await web(namespace)).toMatchObject({ replicas: 0, kept: { from: 3, to: 0 } })
      operator?.clock.jumpTo(morning - 500)
      await api.untilTask(namespace, 'task', 'woke', ({ status }) => status?.runCount === 2 && !status.activeRun)
      expect(await web(namespace)).toEqual({ replicas: 3 })
    })

    test.each(POINTS)(
      'at write %i of a deeper sleep (%s), and nobody until the morning: awake as before',
      async (nth, fate) => {
        const namespace = await team('morning')
        await api.createTask(namespace, 'one', task({}, { replicas: 1 }))
        await start(namespace, evening - 10_000)
        await ran(namespace, 'one', 'run')
        await operator?.stop()
        operator = undefined
        await api.createTask(namespace, 'none', nightly())
        await killedAt(namespace, nth, fate)
        await start(namespace, morning + HOUR)
        await api.untilTask(
          namespace,
          'none',
          'woke',
          ({ status }) => status?.lastSlotTime === rfc3339(morning) && !status.activeRun,
        )
        await ran(namespace, 'one', 'wake')
        expect(await web(namespace)).toEqual({ replicas: 3 })
      },
    )
  })

  test("others' edits win: what was scaled in its sleep stays, and that is said", async () => {
    const namespace = await team('edited')
    await start(namespace)
    await api.createTask(namespace, 'task', task())
    await ran(namespace, 'task', 'run')
    await api.patch('rollouts', namespace, 'web', { spec: { replicas: 5 } })
    const woken = await ran(namespace, 'task', 'wake')
    expect(woken.status?.lastMessage).toBe('nothing to do; left out: web (changed to replicas 5 in its sleep: left so)')
    expect(await web(namespace)).toEqual({ replicas: 5 })
  })

  test('several tasks hold one: it wakes when the last of them lets go, or is deleted', async () => {
    const namespace = await team('held')
    await start(namespace)
    for (const name of ['nights', 'weekends', 'holidays']) {
      await api.createTask(namespace, name, task())
      await ran(namespace, name, 'run')
    }
    expect(await web(namespace)).toMatchObject({ replicas: 0, kept: { from: 3 } })
    await ran(namespace, 'nights', 'wake')
    await deleted(namespace, 'weekends')
    expect(await web(namespace)).toMatchObject({
      replicas: 0,
      kept: { from: 3, holders: [{ task: `${namespace}/holidays` }] },
    })
    await deleted(namespace, 'holidays')
    expect(await web(namespace)).toEqual({ replicas: 3 })
  })

  test('it wakes also when its kind is listed no more', async () => {
    const namespace = await team('dropped')
    await start(namespace)
    await api.createTask(namespace, 'task', task())
    await ran(namespace, 'task', 'run')
    await api.patch('scheduledtasks', namespace, 'task', { spec: { operation: { sleep: { kinds: ['Deployment'] } } } })
    await ran(namespace, 'task', 'wake')
    expect(await web(namespace)).toEqual({ replicas: 3 })
  })

  test('never up, nothing in a dry run, and without a number it is left out', async () => {
    const namespace = await team('little')
    await start(namespace)
    await api.create('rollouts', namespace, customObject(ROLLOUTS, 'bare', {}))
    await api.createTask(namespace, 'five', task({}, { replicas: 5 }))
    const none = 'left out: bare (its number of replicas is not set)'
    expect((await ran(namespace, 'five', 'run')).status?.lastMessage).toBe(`nothing to change; 1 already so; ${none}`)
    await api.createTask(namespace, 'dry', task({ dryRun: true }))
    const { status } = await ran(namespace, 'dry', 'run')
    expect(status?.lastMessage).toBe(`dry run, nothing was changed: would have slept 1 Rollout; ${none}`)
    expect(status?.history?.[0]?.output).toContain('Rollout/web: replicas 3 → 0')
    expect(await web(namespace)).toEqual({ replicas: 3 })
    await api.createTask(namespace, 'scale', { operation: { scale: { kinds: KINDS, names: ['bare'], replicas: 2 } } })
    expect((await ran(namespace, 'scale', 'run')).status?.lastMessage).toBe(`nothing to do; ${none}`)
  })

  describe('a Deployment that another object controls', () => {
    const owned = { message: 'owned by Rollout/web' }

    test.each([
      [
        'is left out unless the kind of that object is listed',
        { kinds: ['Deployment'] },
        `nothing to do; left out: api (${owned.message})`,
        3,
      ],
      ['is taken care of there if it is', { kinds: KINDS }, 'slept 1 Rollout', 0],
      [
        'but not if that object is excluded',
        { kinds: KINDS, exclude: { names: ['web'] } },
        `nothing to do; left out: api (${owned.message})`,
        3,
      ],
    ])('%s', async (_, sleep, message, replicas) => {
      const namespace = await team('owned')
      await owns(namespace, (await api.get('rollouts', namespace, 'web')).metadata.uid)
      await start(namespace)
      await api.createTask(namespace, 'task', task({}, sleep))
      expect((await ran(namespace, 'task', 'run')).status?.lastMessage).toBe(message)
      expect((await web(namespace)).replicas).toBe(replicas)
      expect((await api.get('deployments', namespace, 'api')).spec.replicas).toBe(2)
    })

    async function owns(namespace: string, uid: string): Promise<void> {
      const made = deployment('api', 2) as { metadata: object }
      const ownerReferences = [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid, controller: true },
      ]
      await api.create('deployments', namespace, { ...made, metadata: { ...made.metadata, ownerReferences } })
    }
  })

  async function deleted(namespace: string, name: string): Promise<void> {
    await api.delete('scheduledtasks', namespace, name)
    const names = async () => (await api.list('scheduledtasks', namespace)).map(({ metadata }) => metadata.name)
    await until(`${name} is gone`, async () => !(await names()).includes(name))
  }
})

function versionIn(body = '{}'): string | undefined {
  return (JSON.parse(body) as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion
}
