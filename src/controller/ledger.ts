import type { Emit } from '../api/facts.ts'
import { FaultError } from '../api/fault.ts'
import { WAKE_FINALIZER } from '../api/names.ts'
import type { ScheduledTask } from '../api/task.ts'
import type { StatusEvent } from '../decide/events.ts'
import { fold } from '../decide/fold.ts'
import { keyOf, type Task } from '../decide/task.ts'
import { type Clock, pause } from '../lib/clock.ts'
import { type Instant, SECOND } from '../lib/instant.ts'
import { sameJson } from '../lib/json.ts'
import type { Tasks } from './ports.ts'
import type { Store } from './store.ts'

/** `Lost`: the task is no longer as it was; it has been read again, decide again. `Same`: nothing to write. */
export type Written = 'Done' | 'Same' | 'Lost'

const REFUSALS = 5

interface LedgerParts {
  readonly tasks: Tasks
  readonly store: Store
  readonly clock: Clock
  readonly time: () => Instant
  readonly emit: Emit
  /** The API server has carried out a write, or found it out of date. */
  readonly answered: () => void
}

/** Writes what happened into the status, always on the version that it was computed from. */
export class Ledger {
  readonly #parts: LedgerParts
  /** Tasks as they were before a write which may have been carried out: its answer was lost. */
  readonly #unanswered = new WeakSet<Task>()

  constructor(parts: LedgerParts) {
    this.#parts = parts
  }

  /** One try. @throws FaultError when the API server did not answer, or refused */
  async write(task: Task, events: readonly StatusEvent[]): Promise<Written> {
    const status = fold(task, events, this.#parts.time())
    if (sameJson(status, task.status)) return 'Same'
    return this.#settle(task, () => this.#parts.tasks.writeStatus(task, status))
  }

  /**
   * Writes until it is written, however long the API server is away; no events: it is no longer ours to write.
   * @throws FaultError when it is refused again and again: one poisoned task must not keep a worker for ever
   */
  async insist(
    key: string,
    events: (task: Task) => readonly StatusEvent[] | undefined,
    signal: AbortSignal,
  ): Promise<Written> {
    const { store, clock, emit } = this.#parts
    for (let failures = 0; ; ) {
      const task = store.get(key)
      const now = task && events(task)
      if (!now) return 'Same'
      let message = 'the status could not be written: a conflict, although nobody has changed the task'
      try {
        const written = await this.write(task, now)
        if (written !== 'Lost') return written
        if (store.get(key) !== task) continue
      } catch (error) {
        if (!(error instanceof FaultError)) throw error
        const { class: kind } = error.fault
        if ((kind === 'Invalid' || kind === 'Refused') && failures >= REFUSALS) throw error
        message = error.message
      }
      if (signal.aborted) return 'Lost'
      if (failures === 0) emit({ fact: 'Trouble', where: key, message })
      await pause(clock, Math.min(4, 2 ** failures++) * SECOND, signal)
      await this.refresh(task).catch(() => undefined)
    }
  }

  addFinalizer(task: Task): Promise<Written> {
    return this.#settle(task, () => this.#parts.tasks.writeFinalizers(task, [...task.finalizers, WAKE_FINALIZER]))
  }

  removeFinalizer(task: Task): Promise<Written> {
    const rest = task.finalizers.filter(name => name !== WAKE_FINALIZER)
    return this.#settle(task, () => this.#parts.tasks.writeFinalizers(task, rest))
  }

  /** Whether a write on this task may have been carried out: its answer was lost, and nothing was heard of the task since. */
  isUnknown(key: string): boolean {
    const task = this.#parts.store.get(key)
    return task !== undefined && this.#unanswered.has(task)
  }

  /** Reads the task again into the store. @throws FaultError */
  async refresh(task: Task): Promise<void> {
    const { tasks, store } = this.#parts
    const { namespace, name, uid } = task
    const object = await tasks.read(namespace, name)
    this.#unanswered.delete(task)
    const key = keyOf(namespace, name)
    if (!object) return void store.forget(key, uid)
    store.put(object)
    if (object.metadata.uid !== uid) store.remove(key, uid)
  }

  /** Once, by whatever write it is that stalls a task: an edit, a failure too many, a cycle. */
  #tellStall({ key, status }: Task, { status: written }: ScheduledTask): void {
    const stalled = written?.conditions?.find(({ type }) => type === 'Stalled')
    if (status.phase === 'Stalled' || written?.phase !== 'Stalled' || !stalled) return
    this.#parts.emit({ fact: 'Stalled', task: key, reason: stalled.reason, message: stalled.message })
  }

  async #settle(task: Task, write: () => ReturnType<Tasks['writeStatus']>): Promise<Written> {
    try {
      const answer = await write()
      this.#parts.answered()
      this.#parts.store.put(answer)
      this.#tellStall(task, answer)
      return answer.metadata.resourceVersion === task.version ? 'Same' : 'Done'
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      if (error.fault.class !== 'Conflict' && error.fault.class !== 'Gone') {
        this.#unanswered.add(task)
        throw error
      }
      this.#parts.answered()
      await this.refresh(task)
      return 'Lost'
    }
  }
}
