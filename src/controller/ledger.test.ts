import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { MemoryTasks } from '../../test/builders/memory-tasks.ts'
import { faultOf } from '../../test/builders/targets.ts'
import { at, BOUNDS, claimed, nightly, task } from '../../test/builders/task.ts'
import type { Fact } from '../api/facts.ts'
import { FaultError } from '../api/fault.ts'
import { WAKE_FINALIZER } from '../api/names.ts'
import type { ScheduledTask } from '../api/task.ts'
import type { StatusEvent } from '../decide/events.ts'
import type { Task } from '../decide/task.ts'
import { Ledger } from './ledger.ts'
import { Store } from './store.ts'

const START = '2026-01-05T20:00:00Z'
const active = claimed(task({ spec: nightly() }), START)
const KEY = active.key
const ended: StatusEvent = { event: 'Ended', result: 'Succeeded', reason: 'Completed', message: 'done', changed: 1 }
const never = new AbortController().signal

function setUp(of: Task = active) {
  const clock = new FakeClock(at(START))
  const tasks = new MemoryTasks(of)
  const store = new Store(BOUNDS)
  for (const object of tasks.objects.values()) store.put(object)
  const facts: Fact[] = []
  const emit = (fact: Fact) => void facts.push(fact)
  const ledger = new Ledger({ clock, time: () => clock.now(), tasks, store, emit, answered: () => undefined })
  const known = () => store.get(KEY) as Task
  return { clock, tasks, store, facts, ledger, known }
}

const cancelled = (object: ScheduledTask): ScheduledTask => ({
  ...object,
  metadata: { ...object.metadata, annotations: { 'rota.dev/cancel': 'stop' } },
})
const takenOver = (object: ScheduledTask): ScheduledTask => {
  const { status } = object
  if (!status?.activeRun) throw new Error('no run is active')
  return { ...object, status: { ...status, activeRun: { ...status.activeRun, owner: 'rota-2' } } }
}
const again = (object: ScheduledTask): ScheduledTask => ({
  metadata: { ...object.metadata, uid: 'uid-2' },
  spec: object.spec,
})

describe('one write', () => {
  it('is done on the version it was computed from, and at once in the store', async () => {
    const { ledger, known, tasks } = setUp()
    expect(await ledger.write(known(), [ended])).toBe('Done')
    expect(known().status).toMatchObject({ lastResult: 'Succeeded', runCount: 1 })
    expect(known().status.activeRun).toBeUndefined()
    expect(known().version).toBe(tasks.objects.get(KEY)?.metadata.resourceVersion)
  })

  it('says aloud that it stalls a task, once', async () => {
    const fragile = task({ spec: { ...nightly(), suspendAfterFailures: 1 } })
    const { ledger, known, facts } = setUp(claimed(fragile, START))
    const message = 'no rights'
    await ledger.write(known(), [{ event: 'Ended', result: 'Failed', reason: 'Forbidden', message, changed: 0 }])
    expect(facts).toEqual([
      { fact: 'Stalled', task: KEY, reason: 'TooManyFailures', message: expect.stringContaining(message) },
    ])
    await ledger.write(known(), [{ event: 'Handled', run: 'r1' }])
    expect(facts).toHaveLength(1)
  })

  it.each<[string, (ledger: Ledger, tasks: MemoryTasks, store: Store) => unknown]>([
    ['the task is read', (ledger, _, store) => ledger.refresh(store.get(KEY) as Task)],
    ['something newer is heard of it', (_, tasks, store) => store.put(tasks.change(KEY, cancelled))],
    ['it is gone', (_, _tasks, store) => store.remove(KEY, active.uid)],
  ])('whose answer is lost may have been done until %s', async (_, know) => {
    const { ledger, known, tasks, store } = setUp()
    expect(ledger.isUnknown(KEY)).toBe(false)
    tasks.writeFates.push('LostBefore')
    await expect(ledger.write(known(), [ended])).rejects.toThrow('did not answer')
    expect(ledger.isUnknown(KEY)).toBe(true)
    await know(ledger, tasks, store)
    expect(ledger.isUnknown(KEY)).toBe(false)
  })

  it('is no request when there is nothing to write', async () => {
    const { ledger, known, tasks } = setUp()
    expect(await ledger.write(known(), [])).toBe('Same')
    expect(tasks.asked).toBe(0)
  })

  it.each<[string, (object: ScheduledTask) => ScheduledTask, object]>([
    ['changed by others', cancelled, { uid: active.uid, requests: { cancel: 'stop' } }],
    ['deleted and created again', again, { uid: 'uid-2' }],
  ])('is lost when the task was %s, and the task is read again', async (_, change, seen) => {
    const { ledger, known, tasks } = setUp()
    tasks.change(KEY, change)
    expect(await ledger.write(known(), [ended])).toBe('Lost')
    expect(tasks.done).toBe(1)
    expect(known()).toMatchObject(seen)
  })

  it('is lost when the task is gone, and so is the task', async () => {
    const { ledger, known, tasks, store } = setUp()
    tasks.objects.delete(KEY)
    expect(await ledger.write(known(), [ended])).toBe('Lost')
    expect(store.size).toBe(0)
  })

  it.each(['LostBefore', 'LostAfter'] as const)('says so when it got no answer (%s)', async fate => {
    const { ledger, known, tasks } = setUp()
    tasks.writeFates.push(fate)
    await expect(ledger.write(known(), [ended])).rejects.toThrow(FaultError)
    expect(known().status.activeRun).toBeDefined()
  })

  it('says so when the task cannot even be read after a conflict', async () => {
    const { ledger, known, tasks } = setUp()
    tasks.change(KEY, cancelled)
    tasks.readFates.push(faultOf('Transient'))
    await expect(ledger.write(known(), [ended])).rejects.toThrow('transient')
  })
})

describe('a write that is insisted on', () => {
  it('is done in the end, with longer pauses, and complains once', async () => {
    const { ledger, clock, known, tasks, facts } = setUp()
    tasks.writeFates.push(...Array.from({ length: 6 }, () => 'LostBefore' as const))
    tasks.readFates.push(...Array.from({ length: 5 }, () => faultOf('Transient')))
    const asked: number[] = []
    const written = ledger.insist(KEY, () => [ended], never)
    for (let second = 0; second <= 22; second++) {
      await clock.advance(second === 0 ? 0 : 1000)
      while (asked.length < tasks.asked) asked.push(second)
    }
    expect(asked).toEqual([0, 1, 3, 7, 11, 15, 19])
    expect(await written).toBe('Done')
    expect(known().status.lastResult).toBe('Succeeded')
    expect(facts).toEqual([{ fact: 'Trouble', where: KEY, message: 'the API server did not answer' }])
  })

  it('is given up when it is refused again and again: the worker is needed elsewhere', async () => {
    const { ledger, clock, tasks } = setUp()
    tasks.writeFates.push(...Array.from({ length: 6 }, () => faultOf('Invalid')))
    const written = expect(ledger.insist(KEY, () => [ended], never)).rejects.toThrow(FaultError)
    for (let second = 0; second <= 22; second++) await clock.advance(1000)
    await written
    expect(tasks.objects.get(KEY)?.status?.activeRun).toBeDefined()
  })

  it('is computed afresh from what others have written meanwhile', async () => {
    const { ledger, known, tasks } = setUp()
    tasks.change(KEY, cancelled)
    const seen: unknown[] = []
    const events = (latest: Task) => {
      seen.push(latest.requests.cancel)
      return [ended]
    }
    expect(await ledger.insist(KEY, events, never)).toBe('Done')
    expect(seen).toEqual([undefined, 'stop'])
    expect(known()).toMatchObject({ requests: { cancel: 'stop' }, status: { lastResult: 'Succeeded' } })
  })

  it('is done once when its answer was lost', async () => {
    const { ledger, clock, known, tasks } = setUp()
    tasks.writeFates.push('LostAfter')
    const ours = (latest: Task) => (latest.status.activeRun ? [ended] : undefined)
    const written = ledger.insist(KEY, ours, never)
    await clock.advance(1000)
    expect(await written).toBe('Same')
    expect([tasks.asked, tasks.done]).toEqual([1, 1])
    expect(known().status).toMatchObject({ lastResult: 'Succeeded', runCount: 1 })
    const ofTheRun = known().status.history?.filter(({ id }) => id === active.status.activeRun?.id)
    expect(ofTheRun).toHaveLength(1)
  })

  it.each<[string, (tasks: MemoryTasks) => void]>([
    ['somebody else works on the run', tasks => void tasks.change(KEY, takenOver)],
    ['the task is another one', tasks => void tasks.change(KEY, again)],
    ['the task is gone', tasks => void tasks.objects.delete(KEY)],
  ])('is given up when %s', async (_, happens) => {
    const { ledger, tasks } = setUp()
    happens(tasks)
    const before = tasks.objects.get(KEY)
    const ours = (latest: Task) => (latest.status.activeRun?.owner === 'rota-1' ? [ended] : undefined)
    expect(await ledger.insist(KEY, ours, never)).toBe('Same')
    expect(tasks.objects.get(KEY)).toBe(before)
  })

  it('is not tried at once again after a conflict with nobody', async () => {
    const { ledger, clock, tasks, facts } = setUp()
    tasks.writeFates.push(faultOf('Conflict'), faultOf('Conflict'))
    const written = ledger.insist(KEY, () => [ended], never)
    await clock.advance(2999)
    expect(tasks.asked).toBe(2)
    await clock.advance(1)
    expect(await written).toBe('Done')
    expect(facts).toMatchObject([{ fact: 'Trouble', where: KEY }])
  })

  it('is tried once more, then left, when the process must go', async () => {
    const { ledger, clock, tasks } = setUp()
    tasks.writeFates.push('LostBefore', 'LostBefore', 'LostBefore')
    const stop = new AbortController()
    const written = ledger.insist(KEY, () => [ended], stop.signal)
    await clock.advance(0)
    stop.abort()
    expect(await written).toBe('Lost')
    expect(tasks.asked).toBe(2)
    expect(clock.now()).toBe(at(START))
  })

  it('is tried once when the process must go already', async () => {
    const { ledger } = setUp()
    expect(await ledger.insist(KEY, () => [ended], AbortSignal.abort())).toBe('Done')
  })

  it('passes on a mistake of our own', async () => {
    const { ledger } = setUp()
    const broken = () => {
      throw new TypeError('x is undefined')
    }
    await expect(ledger.insist(KEY, broken, never)).rejects.toThrow(TypeError)
  })
})

describe('the finalizer', () => {
  const theirs = task({ spec: nightly(), finalizers: ['example.org/keep'] })

  it('is put on and taken off, and others stay', async () => {
    const { ledger, known } = setUp(theirs)
    expect(await ledger.addFinalizer(known())).toBe('Done')
    expect(known().finalizers).toEqual(['example.org/keep', WAKE_FINALIZER])
    expect(await ledger.removeFinalizer(known())).toBe('Done')
    expect(known().finalizers).toEqual(['example.org/keep'])
  })

  it('is left as it is when somebody was faster', async () => {
    const { ledger, known, tasks } = setUp(theirs)
    tasks.change(KEY, cancelled)
    expect(await ledger.addFinalizer(known())).toBe('Lost')
    expect(known().finalizers).toEqual(['example.org/keep'])
  })

  it('lets go of a deleted task', async () => {
    const { ledger, known, tasks } = setUp(task({ finalizers: [WAKE_FINALIZER], deleted: START }))
    expect(await ledger.removeFinalizer(known())).toBe('Done')
    expect(tasks.objects.size).toBe(0)
  })
})
