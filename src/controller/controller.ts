import { decide } from '../decide/decide.ts'
import type { Decision, Situation } from '../decide/decision.ts'
import { occupied, type RunRef } from '../decide/run.ts'
import { keyOf, spokenOf, type Task } from '../decide/task.ts'
import { rfc3339, SECOND } from '../lib/instant.ts'
import { chooseNamespaces } from '../runs/choose.ts'
import { callsFor, operationOf } from '../runs/prepare.ts'
import { Agenda } from './agenda.ts'
import { Changes } from './changes.ts'
import { Choices } from './choices.ts'
import { Entitled } from './entitled.ts'
import { Errands, type Urgency, urgencyOf } from './errands.ts'
import { factsOf } from './facts-of.ts'
import { cleaned, end, type Hand } from './hand.ts'
import { Ledger } from './ledger.ts'
import { tidied } from './left-behind.ts'
import { lookedBack } from './look-back.ts'
import { NamespaceLine, nextLook } from './namespace-line.ts'
import { overtakenBy } from './overtaken.ts'
import type { ControllerParts } from './parts.ts'
import { runTask } from './run-task.ts'
import { inWords, Troubles } from './troubles.ts'

/** A write that changed nothing is not tried at once again: something else must be wrong. */
const FRUITLESS_PAUSE = 60 * SECOND
/** Finished runs stay in the list of the pool for this long. */
const FINISHED_FOR = 60 * SECOND
const DELETED = { because: 'Deleted', message: 'the task was deleted' } as const

/**
 * The loop: whenever a task changes or its time has come, decide, and do what the decision says. A run stands first in
 * line for its namespaces, then in the queue for a worker; at its turn everything is decided again.
 */
export class Controller {
  readonly #parts: ControllerParts
  readonly #ledger: Ledger
  readonly #agenda: Agenda
  readonly #line = new NamespaceLine(
    (key, run) => this.#enter(key, run),
    (key, since) => this.#agenda.set(key, nextLook(since, this.#parts.clock.now())),
  )
  readonly #queued = new Set<string>()
  readonly #hands = new Map<string, Hand>()
  /** Who has one under way is looked at again when it has ended. */
  readonly #errands = new Errands(key => this.consider(key))
  readonly #troubles = new Troubles()
  readonly #choices = new Choices()
  readonly #changes = new Changes()
  readonly #entitled = new Entitled()
  /** Key of a task → its newest run of which it has been looked whether its changes last. */
  readonly #lookedAt = new Map<string, string>()
  /** Turns at work, each until it has truly ended. */
  readonly #turns = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #isClosed = false
  #cancelCleaning: () => void = () => undefined

  constructor(parts: ControllerParts) {
    this.#parts = parts
    this.#ledger = new Ledger({ ...parts, answered: () => this.#answered() })
    this.#agenda = new Agenda(parts.clock, key => this.consider(key))
    this.#clean()
  }

  /** Attempts in progress. */
  get active(): number {
    return [...this.#hands.values()].filter(({ done }) => done === undefined).length
  }

  /** Runs that are due and wait for a namespace. */
  get waiting(): number {
    return this.#line.size
  }

  considerAll(): void {
    const { store, clock } = this.#parts
    for (const key of store.keys()) if (this.#serves(key)) this.#agenda.set(key, clock.now())
  }

  /** A task is new, changed or gone: it is looked at, and so is whoever waits for it. */
  changed(key: string): void {
    if (!this.#serves(key)) return
    this.consider(key)
    for (const dependent of this.#parts.store.dependentsOf(key)) this.consider(dependent)
  }

  /** Looks at a task and does what there is to do. Cheap and safe to call at any time. */
  consider(key: string): void {
    if (this.#errands.isUnderWay(key) || this.#isClosed || this.#stopping.signal.aborted) return
    try {
      this.#consider(key)
    } catch (error) {
      // Whatever a task does to us, the agenda and the watch that called go on.
      this.#trouble(key, error)
    }
  }

  #consider(key: string): void {
    this.#errands.forget(key)
    const task = this.#parts.store.get(key)
    if (task && this.#line.keeps(key) && this.#mayHaveClaimed(key)) return this.#read(task)
    this.#line.letGo(key)
    if (!task) return this.#forget(key)
    this.#endRunOfFormer(task)
    const decision = decide(this.#situation(task))
    this.#agenda.set(key, decision.lookAgain)
    if (decision.do !== 'Start' && decision.do !== 'Resume' && decision.do !== 'Write') this.#line.leave(key)
    switch (decision.do) {
      case 'Nothing':
        return
      case 'Start':
      case 'Resume':
        if (this.#letsFinish(task, decision)) return this.#agenda.set(key, this.#parts.clock.now() + SECOND)
        return this.#standInLine(task, decision.run)
      case 'Stop':
        return this.#stopRun(task, decision)
      case 'Write':
        return this.#write(task, decision)
      case 'Resolve':
        return this.#resolve(task, decision.run)
      case 'Look':
        return this.#lookBack(task)
      case 'Release':
        return this.#release(task, decision.letGo)
    }
  }

  /**
   * No new runs; those under way get this long, then they are ended and left as they are, for the next process.
   * Resolves when nothing is under way any more.
   */
  async stop(graceMilliseconds: number): Promise<void> {
    this.#isClosed = true
    this.#agenda.close()
    this.#cancelCleaning()
    this.#line.clear()
    const { clock } = this.#parts
    const cancel = clock.at(clock.now() + graceMilliseconds, () => this.abort())
    await Promise.all(this.#turns)
    cancel()
    this.abort()
  }

  /** Ends everything now. */
  abort(): void {
    this.#stopping.abort()
    for (const hand of this.#hands.values()) if (hand.done === undefined) end(hand, 'Shutdown')
  }

  #serves(key: string): boolean {
    const [namespace = ''] = key.split('/')
    return this.#parts.serves(namespace)
  }

  #situation(task: Task): Situation {
    const held = this.#line.heldBack(task.key)
    const { clock, owner, settings, leaving, isClockSkewed, store } = this.#parts
    const hand = this.#hands.get(task.key)
    const overtaken = task.status.activeRun?.nextAttemptTime ? overtakenBy(task, store.all()) : undefined
    return {
      task,
      now: clock.now(),
      world: {
        owner,
        settings,
        ...(leaving && { leaving }),
        working: hand !== undefined && hand.done === undefined,
        clockSkewed: isClockSkewed(),
        dependency: name => store.get(keyOf(task.namespace, name)),
        resolved: run => this.#choices.namespaces(task, run),
        hasLooked: run => this.#lookedAt.get(task.key) === run,
        ...(held && { heldBack: held }),
        ...(overtaken !== undefined && { overtakenBy: spokenOf(overtaken, task.key) }),
      },
    }
  }

  #standInLine(task: Task, run: RunRef): void {
    if (this.#queued.has(task.key) || this.#isClosed) return
    const namespaces = this.#entitled.namespaces(task, run)
    if (namespaces) return this.#line.stand({ key: task.key, uid: task.uid, run, namespaces }, this.#parts.clock.now())
    void this.#single(task.key, 'ForRun', async () => {
      await this.#entitled.ask(this.#parts, task, run, this.#stopping.signal)
      return 'Fruitful'
    })
  }

  /**
   * Whether another task has a run in one of these namespaces that no process works on: it may have done half of it, so it
   * goes on first, also before one that pauses, which has freed them. Whoever never gets that far keeps nobody waiting.
   */
  #letsFinish(task: Task, decision: Decision & { do: 'Start' | 'Resume' }): boolean {
    if (decision.do === 'Resume' && task.status.activeRun?.nextAttemptTime === undefined) return false
    const isInHand = (key: string) => this.#hands.has(key) && this.#hands.get(key)?.done === undefined
    return occupied(decision.run).some(name =>
      [...this.#parts.store.activeIn(name)].some(
        key => key !== task.key && this.#serves(key) && !isInHand(key) && !this.#troubles.isHopeless(key),
      ),
    )
  }

  #enter(key: string, run: RunRef): void {
    this.#queued.add(key)
    // A static rank is linear ageing: one point of priority is worth a second of waiting.
    const rank = (this.#parts.store.get(key)?.spec.priority ?? 0) - Math.floor(run.slotTime / SECOND)
    const { emit, pool } = this.#parts
    emit({ fact: 'Submitted', task: key, run: run.id, operation: run.operation, slot: rfc3339(run.slotTime), rank })
    pool.enter(key, rank, async () => {
      // What still stands in the queue of a controller that has stopped is nobody's.
      if (this.#isClosed) return
      const turn = this.#turn(key, run.namespaces)
      this.#turns.add(turn)
      await turn
      this.#turns.delete(turn)
    })
  }

  /** Never rejects: what goes wrong in a turn is reported and harms this task only. */
  async #turn(key: string, namespaces: readonly string[]): Promise<void> {
    let isLater = false
    let keeps = false
    try {
      const task = this.#parts.store.get(key)
      if (!task || this.#isClosed) return
      const decision = decide(this.#situation(task))
      if (decision.do !== 'Start' && decision.do !== 'Resume') return
      if (this.#letsFinish(task, decision)) return
      if (decision.run.namespaces.some(name => !namespaces.includes(name))) return
      isLater = keeps = this.#mustWait(key)
      if (!isLater) await this.#run(task, decision)
    } catch (error) {
      isLater = true
      this.#trouble(key, error)
      keeps = this.#mayHaveClaimed(key)
    } finally {
      this.#queued.delete(key)
      if (keeps) this.#line.keep(key, namespaces)
      else this.#line.release(key, namespaces)
      if (!isLater) this.consider(key)
    }
  }

  /** Nobody has answered the claim: until it is known, its namespaces are given to nobody else. */
  #mayHaveClaimed(key: string): boolean {
    return this.#ledger.isUnknown(key) && !this.#troubles.isHopeless(key)
  }

  #read(task: Task): void {
    void this.#single(task.key, 'ForRun', async () => {
      await this.#ledger.refresh(task)
      return 'Fruitful'
    })
  }

  async #run(task: Task, decision: Decision & { do: 'Start' | 'Resume' }): Promise<void> {
    const { key, uid } = task
    const { id, operation } = decision.run
    const abort = new AbortController()
    const hand: Hand = { key, uid, run: id, operation, abort, ending: undefined, done: undefined }
    this.#hands.set(key, hand)
    try {
      const own = { ledger: this.#ledger, choices: this.#choices, changes: this.#changes }
      const parts = { ...this.#parts, ...own, stopping: this.#stopping.signal }
      await runTask(parts, task, decision, hand)
      this.#worked(key)
    } finally {
      hand.done = this.#parts.clock.now()
    }
  }

  #stopRun(task: Task, decision: Decision & { do: 'Stop' }): void {
    const { because, handled, message } = decision
    const hand = this.#hands.get(task.key)
    if (hand && hand.done === undefined)
      return end(hand, { because, message, ...(handled !== undefined && { handled }) })
    const ended = {
      event: 'Ended',
      result: 'Cancelled',
      reason: because,
      message: `cancelled: ${message}`,
      changed: 0,
    } as const
    const events = [ended, ...(handled === undefined ? [] : [{ event: 'Handled', cancel: handled } as const])]
    this.#write(task, { ...decision, do: 'Write', events })
  }

  #write(task: Task, decision: Decision & { do: 'Write' }): void {
    void this.#single(task.key, urgencyOf(decision.events), async () => {
      const events = await tidied(this.#parts, task, decision.events, this.#stopping.signal)
      const written = await this.#ledger.write(task, events)
      if (written === 'Done') for (const fact of factsOf(task, events, this.#parts.time())) this.#parts.emit(fact)
      return 'Unknown'
    })
  }

  /** Only for a run that is about to start: what is found is frozen with its claim. */
  #resolve(task: Task, run: string): void {
    void this.#single(task.key, 'ForRun', async () => {
      const operation = operationOf(task, task.operation)
      if (!operation) return 'Unknown'
      const calls = await callsFor(this.#parts, task, operation, this.#stopping.signal)
      this.#choices.keep(task, run, await chooseNamespaces(task, calls, this.#parts.store.ownNamespace))
      return 'Fruitful'
    })
  }

  #lookBack(task: Task): void {
    void this.#single(task.key, 'Usual', async () => {
      const event = await lookedBack(this.#parts, task, this.#stopping.signal)
      this.#lookedAt.set(task.key, task.status.lastChange?.id ?? '')
      await this.#ledger.write(task, [event])
      return 'Fruitful'
    })
  }

  #release(task: Task, letGo: string | undefined): void {
    void this.#single(task.key, 'Usual', async () => {
      if (letGo !== undefined) this.#parts.emit({ fact: 'LetGo', task: task.key, message: letGo })
      await this.#ledger.removeFinalizer(task)
      return 'Unknown'
    })
  }

  /** One write, or question, a task at a time; afterwards it is looked at again, at once if that has changed something. */
  async #single(key: string, urgency: Urgency, work: () => Promise<'Fruitful' | 'Unknown'>): Promise<void> {
    if (this.#mustWait(key) || !this.#errands.begin(key, urgency)) return
    const { store, clock } = this.#parts
    const before = store.get(key)
    let result: 'Fruitful' | 'Unknown' | undefined
    try {
      result = await work()
      this.#worked(key)
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#trouble(key, error)
    } finally {
      this.#errands.end(key, urgency)
    }
    if (result === 'Unknown' && store.get(key) === before) this.#agenda.set(key, clock.now() + FRUITLESS_PAUSE)
    else if (result) this.consider(key)
  }

  #worked(key: string): void {
    this.#troubles.forget(key)
    this.#answered()
  }

  /** Whoever has waited for an answer of the API server goes on. */
  #answered(): void {
    for (const key of this.#troubles.answered()) this.#agenda.set(key, this.#parts.clock.now())
  }

  /** While nobody answers a task asks at its turn only; it is looked at again then. */
  #mustWait(key: string): boolean {
    const wait = this.#troubles.wait(key, this.#parts.clock.monotonic())
    if (wait > 0) this.#agenda.set(key, this.#parts.clock.now() + wait)
    return wait > 0
  }

  /** The API server is away, or there is a mistake of ours: look again later, longer each time. */
  #trouble(key: string, error: unknown): void {
    // A status that the API server refuses cannot tell it.
    const problem = this.#parts.store.get(key)?.problem
    const stalled = problem ? `; the task is stalled: ${problem.message}` : ''
    this.#parts.emit({ fact: 'Trouble', where: key, message: `${inWords(error)}${stalled}` })
    const { clock } = this.#parts
    this.#agenda.set(key, clock.now() + this.#troubles.add(key, error, clock.monotonic()))
  }

  #forget(key: string): void {
    this.#agenda.set(key, undefined)
    this.#troubles.forget(key)
    this.#choices.forget(key)
    this.#changes.forget(key)
    this.#entitled.forget(key)
    this.#lookedAt.delete(key)
    this.#line.leave(key)
    const hand = this.#hands.get(key)
    if (hand && hand.done === undefined) end(hand, DELETED)
  }

  /** Between two lists a task can be deleted and created anew, and only the new one is heard of. */
  #endRunOfFormer({ key, uid }: Task): void {
    const hand = this.#hands.get(key)
    if (hand && hand.done === undefined && hand.uid !== uid) end(hand, DELETED)
  }

  #clean(): void {
    const { clock, emit } = this.#parts
    this.#cancelCleaning = clock.at(clock.now() + FINISHED_FOR, () => {
      const removed = cleaned(this.#hands, clock.now() - FINISHED_FOR)
      if (removed > 0) emit({ fact: 'Cleaned', removed })
      this.#clean()
    })
  }
}
