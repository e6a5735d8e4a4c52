import { beforeAll, describe, expect, test } from 'vitest'
import { PHASES, type Phase, type ScheduledTask } from '../../src/api/task.ts'
import { MINUTE } from '../../src/lib/instant.ts'
import { judgeOrSkip, judgeWith, SHIPPED } from '../gitops/judge.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { restart, writesTarget } from '../harness/proxied-operator.ts'
import { type Fate, startProxy } from '../harness/proxy.ts'
import { ranFor } from '../harness/requested.ts'

const cluster = sharedCluster()
/** No slot comes during the tests. */
const YEARLY = '0 0 1 1 *'
const NIGHTS = { schedule: YEARLY, operation: { sleep: { wakeSchedule: '0 7 1 1 *' } } }
const program = await judgeOrSkip()
const judge = judgeWith(program, SHIPPED)

// By Argo CD's own code, on what a real API server and a real operator have made of each task.
describe.skipIf(program === '')('the health that Argo CD shows, and what Flux waits for', () => {
  const CASES: readonly { is: string; name: string; phase: Phase; health: string; says: RegExp }[] = [
    {
      is: 'stalled by a cycle',
      name: 'cycle',
      phase: 'Stalled',
      health: 'Degraded',
      says: /^spec\.dependsOn: cycle → cycle-too → cycle is a cycle/,
    },
    { is: 'stalled by failures', name: 'broken', phase: 'Stalled', health: 'Degraded', says: /suspendAfterFailures/ },
    { is: 'running', name: 'running', phase: 'Running', health: 'Healthy', says: /^Running: no schedule/ },
    { is: 'waiting', name: 'waiting', phase: 'Waiting', health: 'Healthy', says: /^Waiting: no schedule/ },
    { is: 'suspended', name: 'suspended', phase: 'Suspended', health: 'Healthy', says: /^Suspended: spec\.suspend/ },
    { is: 'held', name: 'held', phase: 'Suspended', health: 'Healthy', says: /^Suspended: no scheduled runs until/ },
    { is: 'scheduled', name: 'scheduled', phase: 'Scheduled', health: 'Healthy', says: /^Scheduled: sleep at "0 0/ },
    { is: 'idle', name: 'idle', phase: 'Idle', health: 'Healthy', says: /^Idle: no schedule: runs when [^;]+$/ },
    { is: 'failed last', name: 'failed', phase: 'Idle', health: 'Healthy', says: /; last run: Failed$/ },
    {
      is: 'undone by others',
      name: 'undone',
      phase: 'Idle',
      health: 'Healthy',
      says: /; last run: Succeeded; undone by kubectl: /,
    },
  ]
  let api: Api
  let namespace: string
  let unseen: ScheduledTask
  let edited: ScheduledTask
  const tasks = new Map<string, ScheduledTask>()

  beforeAll(async () => {
    api = await apiOf(cluster)
    namespace = await createNamespace(cluster, 'argocd-health')
    await api.create('deployments', namespace, deployment('web', 1))
    unseen = await api.createTask(namespace, 'scheduled', NIGHTS)
    const proxy = await startProxy(cluster)
    const operator = await startOperator({ kubeconfig: proxy.kubeconfig, namespaces: [namespace] })
    const release = Promise.withResolvers<Fate>()
    try {
      await bringAbout(operator)
      proxy.fate = request => (writesTarget(request) ? release.promise : 'pass')
      for (const [name, phase] of [
        ['running', 'Running'],
        ['waiting', 'Waiting'],
      ] as const) {
        await api.createTask(namespace, name, restart())
        await api.annotate(namespace, name, { 'rota.dev/run': '1' })
        await api.untilTask(namespace, name, `is ${phase}`, ({ status }) => status?.phase === phase)
      }
      for (const { name } of CASES) tasks.set(name, await api.task(namespace, name))
    } finally {
      release.resolve('pass')
      await operator.stop()
      await proxy.close()
    }
    await api.replaceSpec(namespace, 'scheduled', { ...NIGHTS, title: 'another one' })
    edited = await api.task(namespace, 'scheduled')
  })

  async function bringAbout({ clock }: TestOperator): Promise<void> {
    const is = (name: string, phase: Phase) =>
      api.untilTask(namespace, name, `is ${phase}`, ({ status }) => status?.phase === phase)
    await api.createTask(namespace, 'idle', restart())
    await api.createTask(namespace, 'suspended', { ...NIGHTS, suspend: true })
    await api.createTask(namespace, 'held', { ...NIGHTS, target: { namespaces: [namespace] } })
    await api.annotate(namespace, 'held', { 'rota.dev/hold-until': new Date(clock.now() + 60 * MINUTE).toISOString() })
    await api.createTask(namespace, 'cycle', { ...restart(), dependsOn: [{ name: 'cycle-too' }] })
    await api.createTask(namespace, 'cycle-too', { ...restart(), dependsOn: [{ name: 'cycle' }] })
    await api.createTask(namespace, 'failed', { ...restart(), serviceAccountName: 'nobody' })
    await api.createTask(namespace, 'broken', {
      ...restart(),
      serviceAccountName: 'nobody',
      suspendAfterFailures: 1,
    })
    for (const name of ['failed', 'broken']) await ranFor(api, namespace, name)
    await api.createTask(namespace, 'undone', { operation: { sleep: {} } })
    await ranFor(api, namespace, 'undone')
    await cluster.kubectl(['scale', 'deployment', 'web', '--replicas=1', '-n', namespace])
    clock.jumpTo(clock.now() + MINUTE)
    await api.untilTask(namespace, 'undone', 'tells', ({ status }) => status?.conditions?.[1]?.type === 'Reverted')
    await is('held', 'Suspended')
    await is('suspended', 'Suspended')
    await is('cycle', 'Stalled')
    await is('broken', 'Stalled')
  }

  test('all phases that there are are tried', () => {
    expect(new Set(CASES.map(({ phase }) => phase))).toEqual(new Set(PHASES))
  })

  test.each(CASES)('of a task that is $is: $health', async ({ name, phase, health, says }) => {
    const task = tasks.get(name) as ScheduledTask
    expect(task.status?.phase).toBe(phase)
    expect(await judge('health', [task])).toEqual([{ status: health, message: expect.stringMatching(says) }])
    expect(await judge('kstatus', [task])).toMatchObject([{ status: phase === 'Stalled' ? 'Failed' : 'Current' }])
  })

  test('is Progressing until Rota has seen the task, and after an edit until it has seen that', async () => {
    const message = 'Rota has not seen this yet'
    expect(edited.status?.observedGeneration).toBe(1)
    const waiting = { status: 'Progressing', message }
    expect(await judge('health', [unseen, edited])).toEqual([waiting, waiting])
    const inProgress = expect.objectContaining({ status: 'InProgress' })
    expect(await judge('kstatus', [unseen, edited])).toEqual([inProgress, inProgress])
  })
})
