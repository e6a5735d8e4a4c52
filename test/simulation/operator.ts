import { GROUP, PLURAL } from '../../src/api/names.ts'
import type { ScheduledTask } from '../../src/api/task.ts'
import { Controller } from '../../src/controller/controller.ts'
import { Store } from '../../src/controller/store.ts'
import { keyOf } from '../../src/decide/task.ts'
import { pool } from '../../src/execution/pool.ts'
import { discoveryOf } from '../../src/kube/discovery.ts'
import { targetsOf } from '../../src/kube/targets.ts'
import { tasksOf } from '../../src/kube/tasks.ts'
import { SECOND } from '../../src/lib/instant.ts'
import type { FakeClock } from '../builders/fake-clock.ts'
import { ModelProcess } from '../builders/process.ts'
import { BOUNDS } from '../builders/task.ts'
import type { ModelApiServer, WatchEvent } from './api-server.ts'
import type { Network } from './network.ts'

/** A clock that differs more than this from the API server's claims nothing; as `compose.ts` has it. */
const CLOCK_TOLERANCE = 30 * SECOND

interface Surroundings {
  readonly server: ModelApiServer
  readonly network: Network
  readonly time: FakeClock
  /** Milliseconds that news may take to arrive. */
  readonly delay: () => number
  readonly onTrouble: (message: string) => void
}

/** An operator in a process of its own: the product from the store on, with what it is told instead of its reflector. */
export class ModelOperator {
  readonly process: ModelProcess
  readonly store = new Store(BOUNDS)
  readonly settings = { taskTimeoutSeconds: 300, taskMaxRetries: 3, taskRetryDelaySeconds: 10 }
  readonly owner: string
  /** Uids of tasks that are there, and not in its first list. */
  readonly unlisted: readonly string[]
  readonly #around: Surroundings
  readonly #controller: Controller
  readonly #client
  /** By object: when the newest news of it arrives; never before an older one. */
  readonly #arrivals = new Map<string, number>()
  #endWatch: () => void = () => undefined
  #isDeaf = false
  #hasLease = true

  /** @param stale so many revisions the first list is behind */
  constructor(around: Surroundings, owner: string, stale: number, skew: number, onDeath: () => void) {
    const { network, server, time } = around
    this.#around = around
    this.owner = owner
    this.process = new ModelProcess(time, skew)
    this.#client = network.clientOf(this.process, onDeath)
    const client = this.#client
    const discovery = discoveryOf(client, this.process)
    const known = this.#listed(server.revision - stale)
    this.unlisted = server.all(PLURAL, GROUP).flatMap(({ metadata: { uid } }) => (known.has(uid) ? [] : [uid]))
    this.#endWatch = server.watch(PLURAL, GROUP, event => this.#hears(event))
    for (const event of server.eventsSince(PLURAL, GROUP, server.revision - stale)) this.#hears(event)
    const isClockSkewed = () => Math.abs(client.aheadMilliseconds) > CLOCK_TOLERANCE
    this.#controller = new Controller({
      clock: this.process,
      store: this.store,
      tasks: tasksOf(client),
      targets: targetsOf(client, discovery, this.process, () => this.#holds()),
      discovery,
      emit: fact => {
        // What is no answer of the API server has a stack.
        if (fact.fact === 'Trouble' && / at /.test(fact.message)) around.onTrouble(fact.message)
      },
      settings: this.settings,
      pool: pool({ min: 2, max: 4, bearable: () => 4 }),
      serves: () => true,
      holds: () => this.#holds(),
      owner,
      isClockSkewed,
      time: () => this.process.now() - (isClockSkewed() ? client.aheadMilliseconds : 0),
      seesAll: true,
    })
    this.store.onChange = key => this.#controller.changed(key)
    this.#controller.considerAll()
  }

  kill(): void {
    this.process.kill()
    this.#endWatch()
  }

  /** Its lease is not renewed any more: it finds that out before it writes, or else some time later. */
  loseLease(): void {
    this.#hasLease = false
  }

  /** It has found out that it does not lead any more. */
  abort(): void {
    this.process.deliver(() => void this.#controller.stop(0))
  }

  #holds(): boolean {
    if (!this.#hasLease) this.#controller.abort()
    return this.#hasLease
  }

  async stop(): Promise<void> {
    await this.#controller.stop(2 * SECOND)
    this.kill()
  }

  /** News is lost from now on. */
  turnDeaf(): void {
    this.#isDeaf = true
  }

  /** Lists everything anew, and hears again. */
  relist(): void {
    if (!this.#isDeaf) return
    this.#isDeaf = false
    this.process.deliver(() => void this.#listed(this.#around.server.revision))
  }

  /** Hears again what it has heard before. */
  hearAgain(revisions: number): void {
    const { server } = this.#around
    for (const event of server.eventsSince(PLURAL, GROUP, server.revision - revisions)) this.#hears(event)
  }

  #hears(event: WatchEvent): void {
    if (this.#isDeaf || this.process.isDead) return
    const { time, delay } = this.#around
    const id = event.object.metadata.name
    const when = Math.max(this.#arrivals.get(id) ?? 0, time.now() + delay())
    this.#arrivals.set(id, when)
    time.at(when, () => this.process.deliver(() => this.#heard(event)))
  }

  #heard({ type, object }: WatchEvent): void {
    const task = object as unknown as ScheduledTask
    const { namespace, name, uid } = task.metadata
    if (type === 'DELETED') this.store.remove(keyOf(namespace, name), uid)
    else this.store.put(task)
  }

  /** All that was there at a revision: returns its uids. */
  #listed(revision: number): ReadonlySet<string> {
    const { server } = this.#around
    this.#client.hear()
    const uids = new Set<string>()
    for (const object of server.allAt(PLURAL, GROUP, revision)) {
      uids.add(object.metadata.uid)
      this.store.put(object as unknown as ScheduledTask)
    }
    this.store.listed(uids, String(revision), undefined)
    return uids
  }
}
