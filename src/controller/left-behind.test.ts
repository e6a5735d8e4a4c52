import { describe, expect, it } from 'vitest'
import { pass, startController, storeOf } from '../../test/builders/controller.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { runOf } from '../../test/builders/items.ts'
import { MemoryTasks } from '../../test/builders/memory-tasks.ts'
import { faultOf, MemoryTargets } from '../../test/builders/targets.ts'
import { at, task } from '../../test/builders/task.ts'
import { type Fault, FaultError } from '../api/fault.ts'
import { CANCEL_ANNOTATION } from '../api/names.ts'
import type { ScheduledTask } from '../api/task.ts'
import { targetOfJob } from '../operations/job/manifest.ts'
import type { Controller } from './controller.ts'

const KEY = 'team-a/backup'
const nightly = { schedule: '0 20 * * *', operation: { job: { image: 'busybox' } }, timeoutSeconds: 600 } as const

type Answer = () => Fault | 'Same' | undefined

/** A task that runs a Job at 20:00, which does not end by itself; what becomes of its deletion, and of looking at it. */
function setUp(deleting?: Answer, getting?: () => Fault) {
  const clock = new FakeClock(at('2026-01-05T19:59:59Z'))
  const api = new MemoryTasks(task({ name: 'backup', spec: nightly }))
  const store = storeOf(api)
  const targets = new MemoryTargets([], {
    carry: action => (action.do === 'Delete' ? deleting?.() : undefined),
    getting: () => {
      if (getting) throw new FaultError(getting())
    },
  })
  const start = (owner: string) => startController({ clock, store, targets, tasks: api, owner })
  const away = async (controller: Controller) => {
    const stopped = controller.stop(0)
    await pass(clock, 1)
    await stopped
  }
  return {
    start,
    pass: (seconds: number) => pass(clock, seconds),
    away,
    targets,
    change: (make: (object: ScheduledTask) => ScheduledTask) => store.put(api.change(KEY, make)),
    status: () => api.objects.get(KEY)?.status,
    jobs: () => targets.items.map(({ metadata }) => metadata.name),
  }
}

const cancel = (object: ScheduledTask): ScheduledTask => ({
  ...object,
  metadata: { ...object.metadata, annotations: { [CANCEL_ANNOTATION]: 'stop-1' } },
})
const edit = (object: ScheduledTask): ScheduledTask => ({
  ...object,
  metadata: { ...object.metadata, generation: 2 },
  spec: { ...object.spec, operation: { restart: { kinds: ['Deployment'] } } },
})
const interruptedOften = (object: ScheduledTask): ScheduledTask => {
  const { status } = object
  return status?.activeRun
    ? { ...object, status: { ...status, activeRun: { ...status.activeRun, resumed: 5 } } }
    : object
}

describe('the Job of a run', () => {
  it('is there as long as the run', async () => {
    const { start, pass, status, jobs } = setUp()
    start('rota-1')
    await pass(60)
    const { id = '' } = status()?.activeRun ?? {}
    const { name } = targetOfJob(runOf({ id, task: { key: KEY, namespace: 'team-a', name: 'backup', uid: '' } }))
    expect(jobs()).toEqual([name])
    expect(status()).toMatchObject({ phase: 'Running', lastMessage: expect.stringContaining(`waits for Job/${name}`) })
  })

  it('is deleted before the run ends that was cancelled', async () => {
    const { start, pass, change, status, jobs } = setUp()
    start('rota-1')
    await pass(60)
    change(cancel)
    await pass(1)
    expect(jobs()).toEqual([])
    expect(status()).toMatchObject({ lastResult: 'Cancelled', handled: { cancel: 'stop-1' } })
    expect(status()?.lastMessage).not.toContain('left behind')
  })

  it('is deleted before the run ends that has timed out, and the run is not tried again', async () => {
    const { start, pass, status, jobs } = setUp()
    start('rota-1')
    await pass(602)
    expect(jobs()).toEqual([])
    expect(status()).toMatchObject({
      lastResult: 'TimedOut',
      lastMessage: expect.stringMatching(/^not done within 600 s: waits for Job\/backup-/),
      history: [{ attempts: 1 }],
    })
  })

  it.each([
    ['cancelled', cancel, { lastResult: 'Cancelled', handled: { cancel: 'stop-1' } }],
    ['edited to do something else', edit, { lastResult: 'Cancelled', history: [{ resultReason: 'SpecChanged' }] }],
    ['interrupted too often', interruptedOften, { lastResult: 'Failed', history: [{ resultReason: 'Interrupted' }] }],
  ])('is deleted when the run was %s while no operator was there', async (_, make, ended) => {
    const { start, pass, away, change, status, jobs } = setUp()
    const first = start('rota-1')
    await pass(60)
    await away(first)
    expect(jobs()).toHaveLength(1)
    expect(status()?.activeRun).toBeDefined()
    change(make)
    start('rota-2')
    await pass(2)
    expect(jobs()).toEqual([])
    expect(status()).toMatchObject(ended)
  })

  it('is found by the operator that comes after, which goes on waiting for it', async () => {
    const { start, pass, away, status, targets } = setUp()
    const first = start('rota-1')
    await pass(60)
    await away(first)
    start('rota-2')
    await pass(60)
    expect(targets.carried.map(({ do: what }) => what)).toEqual(['Create'])
    expect(status()).toMatchObject({ phase: 'Running', activeRun: { owner: 'rota-2', resumed: 1 } })
  })
})

describe('what cannot be taken away', () => {
  it('is told when it is refused, with what would allow it', async () => {
    const fault = faultOf('Refused', { message: 'may not delete jobs', remedy: 'kubectl create …' })
    const { start, pass, change, status, jobs } = setUp(() => fault)
    start('rota-1')
    await pass(60)
    change(cancel)
    await pass(2)
    expect(jobs()).toHaveLength(1)
    expect(status()).toMatchObject({
      lastResult: 'Cancelled',
      lastMessage: expect.stringMatching(/; left behind: may not delete jobs; to allow it: kubectl create …$/),
    })
  })

  it('is told once when it is what the run failed by', async () => {
    const refused = faultOf('Refused', { message: 'may not create or get jobs' })
    const { start, pass, status, targets } = setUp(undefined, () => refused)
    start('rota-1')
    await pass(10)
    expect(targets.items).toEqual([])
    expect(status()).toMatchObject({ lastResult: 'Failed', lastMessage: 'may not create or get jobs' })
  })

  it('is waited for a minute, and then told', async () => {
    const { start, pass, change, status } = setUp(() => 'Same')
    start('rota-1')
    await pass(60)
    change(cancel)
    await pass(58)
    expect(status()?.activeRun).toBeDefined()
    await pass(4)
    expect(status()).toMatchObject({
      lastResult: 'Cancelled',
      lastMessage: expect.stringMatching(/; left behind: Job\/backup-\w+ and its pods, which do not end$/),
    })
  })

  it('is tried again while the API server is away', async () => {
    let failures = 0
    const { start, pass, change, status, jobs } = setUp(() => (failures++ < 5 ? faultOf('Transient') : undefined))
    start('rota-1')
    await pass(60)
    change(cancel)
    await pass(10)
    expect(jobs()).toEqual([])
    expect(status()?.lastMessage).not.toContain('left behind')
  })
})
