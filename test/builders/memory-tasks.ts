import { type Fault, FaultError } from '../../src/api/fault.ts'
import type { ScheduledTask, Status } from '../../src/api/task.ts'
import type { Tasks } from '../../src/controller/ports.ts'
import { keyOf, type Task } from '../../src/decide/task.ts'
import { sameJson } from '../../src/lib/json.ts'
import { faultOf } from './targets.ts'
import { objectOf } from './task.ts'

/** What becomes of a write: its answer is lost, after it was done or before; or it is answered with this. */
type Fate = 'LostBefore' | 'LostAfter' | Fault | undefined

/** ScheduledTasks in memory, with the preconditions of the API server: uid, resourceVersion, finalizers. */
export class MemoryTasks implements Tasks {
  readonly objects = new Map<string, ScheduledTask>()
  /** Fates of the next writes and reads, in order; with none left all goes well. */
  readonly writeFates: Fate[] = []
  readonly readFates: Fate[] = []
  /** Writes begin after this. */
  ready: Promise<unknown> = Promise.resolve()
  /** Every write that was asked for, and those that changed something. */
  asked = 0
  done = 0
  /** How many writes were under way at once, at most. */
  mostAtOnce = 0
  #underWay = 0
  #version = 100

  constructor(...tasks: readonly Task[]) {
    for (const task of tasks) this.objects.set(task.key, objectOf(task))
  }

  async writeStatus(task: Task, status: Status): Promise<ScheduledTask> {
    return this.#write(task, object => ({ ...object, status: structuredClone(status) }))
  }

  async writeFinalizers(task: Task, finalizers: readonly string[]): Promise<ScheduledTask> {
    return this.#write(task, object => ({ ...object, metadata: { ...object.metadata, finalizers: [...finalizers] } }))
  }

  async read(namespace: string, name: string): Promise<ScheduledTask | undefined> {
    await Promise.resolve()
    const fate = this.readFates.shift()
    if (fate !== undefined) throw new FaultError(typeof fate === 'object' ? fate : unanswered)
    return this.objects.get(keyOf(namespace, name))
  }

  /** Somebody else changes a task. */
  change(key: string, make: (object: ScheduledTask) => ScheduledTask): ScheduledTask {
    const before = this.objects.get(key)
    if (!before) throw new Error(`there is no task '${key}'`)
    return this.#commit(before, make(before))
  }

  async #write(task: Task, make: (object: ScheduledTask) => ScheduledTask): Promise<ScheduledTask> {
    this.asked++
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay)
    try {
      return await this.#carriedOut(task, make)
    } finally {
      this.#underWay--
    }
  }

  async #carriedOut(task: Task, make: (object: ScheduledTask) => ScheduledTask): Promise<ScheduledTask> {
    await this.ready
    const fate = this.writeFates.shift()
    if (typeof fate === 'object') throw new FaultError(fate)
    if (fate === 'LostBefore') throw new FaultError(unanswered)
    const before = this.objects.get(task.key)
    if (!before) throw new FaultError(faultOf('Gone'))
    const { uid, resourceVersion } = before.metadata
    if (uid !== task.uid || resourceVersion !== task.version) throw new FaultError(faultOf('Conflict'))
    const after = this.#commit(before, make(before))
    await Promise.resolve()
    if (fate === 'LostAfter') throw new FaultError(unanswered)
    return after
  }

  /** What changes nothing makes no version; without finalizers nothing keeps a deleted object. */
  #commit(before: ScheduledTask, after: ScheduledTask): ScheduledTask {
    if (sameJson(before, after)) return before
    this.done++
    const { metadata } = after
    const object = { ...after, metadata: { ...metadata, resourceVersion: String(++this.#version) } }
    const key = keyOf(metadata.namespace, metadata.name)
    if (metadata.deletionTimestamp !== undefined && !metadata.finalizers?.length) this.objects.delete(key)
    else this.objects.set(key, object)
    return object
  }
}

const unanswered = faultOf('Transient', { reason: 'Unreachable', message: 'the API server did not answer' })
