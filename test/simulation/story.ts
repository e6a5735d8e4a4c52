import type { Status } from '../../src/api/task.ts'
import { HOUR, MINUTE, SECOND } from '../../src/lib/instant.ts'
import { type Dice, dice } from '../builders/dice.ts'
import { FakeClock } from '../builders/fake-clock.ts'
import { at } from '../builders/task.ts'
import { evidenceOf } from '../checker/evidence.ts'
import { violationsIn } from '../checker/invariants.ts'
import { runsOf } from '../checker/runs.ts'
import { inWords } from '../checker/violation.ts'
import type { AuditEvent } from '../harness/audit.ts'
import { ModelApiServer } from './api-server.ts'
import { endState, unclaimed } from './end-state.ts'
import { Network } from './network.ts'
import { ModelOperator } from './operator.ts'
import { People } from './people.ts'
import { Tally } from './tally.ts'

/** What has become of a story. */
export interface Told {
  readonly seed: number
  readonly runs: number
  /** Faults, and what people did, by kind. */
  readonly tally: Tally
  readonly violations: readonly string[]
  /** What happened and what was written, in order; only when asked for. */
  readonly chronicle: readonly string[]
}

/** Long enough for the newest slot of each task to come once more. */
const QUIET = 8 * MINUTE
/** Somewhere in so much more there must be a moment at which all is as it ought to be. */
const LONGEST_END = 10 * MINUTE
/** After the API server is back, with the way to it. */
const RECOVERY = 5 * SECOND + 500
/** Milliseconds, there or back, at the worst of times. */
const MOST_LATENCY = 5 * SECOND
/** Requests of five tasks in ten minutes that nobody answers. */
const MOST_IN_VAIN = 2000

/** Some tasks through half an hour of faults and people, and some minutes without either. */
class Story {
  readonly #dice: Dice
  readonly #time: FakeClock
  readonly #tally = new Tally()
  readonly #server: ModelApiServer
  readonly #network: Network
  readonly #people: People
  readonly #violations: string[] = []
  readonly #operators = new Set<ModelOperator>()
  readonly #unlisted = new Set<string>()
  readonly #seed: number
  readonly #isTold: boolean
  readonly #chronicle: string[] = []
  /** First lists are not up to date, which those of the API server always are. */
  readonly #hasStaleLists: boolean
  #leader: ModelOperator | undefined
  #owners = 0
  #outages = 0
  #isQuiet = false
  #areClocksWrong = false
  /** Milliseconds that news may take. */
  #delay = 50

  constructor(seed: number, isTold: boolean) {
    this.#isTold = isTold
    this.#seed = seed
    this.#dice = dice(seed)
    this.#hasStaleLists = this.#dice.below(10) === 0
    // Any time of a year, and often the hours around a change of the clocks.
    const begin = this.#dice.of(['2026-01-05T08:00:00Z', '2026-03-29T00:30:00Z', '2026-10-25T00:30:00Z'])
    this.#time = new FakeClock(at(begin) + this.#dice.below(3 * HOUR))
    this.#server = new ModelApiServer(() => this.#time.now())
    this.#network = new Network(this.#server, this.#time, this.#dice, this.#tally)
    this.#people = new People(this.#server, this.#time, this.#dice, this.#tally)
  }

  async tell(): Promise<Told> {
    this.#people.begin()
    this.#startOperator()
    const rough = this.#time.now() + (5 + this.#dice.below(30)) * MINUTE
    while (this.#time.now() < rough) {
      this.#happens()
      await this.#time.advance(this.#dice.below(40 * SECOND))
    }
    await this.#calmDown()
    await this.#time.advance(QUIET)
    const leader = this.#leader as ModelOperator
    let wrong = endState(leader, this.#server, this.#time.now())
    for (const late = this.#time.now() + LONGEST_END; wrong.length > 0 && this.#time.now() < late; ) {
      await this.#time.advance(7 * SECOND)
      wrong = endState(leader, this.#server, this.#time.now())
    }
    this.#violations.push(...wrong)
    const clockError = this.#areClocksWrong ? MOST_LATENCY : 0
    const { log, lastWords } = this.#server
    const evidence = { ...evidenceOf(log, () => true), clockError, lastWords, unlisted: this.#unlisted }
    // Who does not know of a run cannot wait for it: then versions alone keep two runs apart.
    const counted = violationsIn(evidence).filter(({ invariant }) => invariant !== 6 || !this.#hasStaleLists)
    this.#violations.push(...counted.map(inWords))
    const runs = evidence.tasks.reduce((sum, life) => sum + runsOf(life).length, 0)
    leader.kill()
    const chronicle = this.#isTold ? [...this.#chronicle, ...this.#server.log.map(inLine)].sort() : []
    return { seed: this.#seed, runs, tally: this.#tally, violations: this.#violations, chronicle }
  }

  #happens(): void {
    if (this.#network.weather.away) return
    const happening = this.#dice.of(HAPPENINGS)
    this.#note(happening)
    switch (happening) {
      case 'people':
        return this.#people.act()
      case 'faults':
        this.#network.weather.faults = this.#dice.of([0, 3, 10, 30])
        return
      case 'latency':
        this.#network.weather.latency = this.#dice.of([20, 20, 200, MOST_LATENCY])
        return
      case 'news':
        this.#delay = this.#dice.of([50, 50, 1000, 20_000])
        return
      default:
        this.#tally.add(happening)
    }
    const leader = this.#leader
    switch (happening) {
      case 'killed':
        return this.#kill(leader)
      case 'stopped':
        return this.#stop(leader)
      case 'away':
        return this.#away(this.#dice.of([2 * SECOND, 20 * SECOND, 2 * MINUTE, 10 * MINUTE]))
      case 'clock set':
        this.#areClocksWrong = true
        return leader?.process.setClock(this.#dice.of([0, 0, -HOUR, HOUR, 24 * HOUR]))
      case 'news lost':
        leader?.turnDeaf()
        return this.#later(this.#dice.below(30 * SECOND), () => leader?.relist())
      case 'news replayed':
        return leader?.hearAgain(this.#dice.below(40))
      case 'frozen':
        return this.#freeze()
    }
  }

  #away(milliseconds: number): void {
    const { weather } = this.#network
    const outage = ++this.#outages
    weather.away = true
    this.#network.inVain = 0
    this.#later(milliseconds, () => {
      // The last one may begin in another, and is not ended by the end of that.
      if (outage !== this.#outages) return
      weather.away = false
      if (this.#network.inVain > MOST_IN_VAIN)
        this.#violations.push(`${this.#network.inVain} requests while nobody answered for ${milliseconds / 1000} s`)
    })
  }

  /** The next one leads when it has let go. */
  #stop(leader: ModelOperator | undefined): void {
    if (!leader || leader.process.isFrozen) return
    const wait = this.#dice.below(5 * SECOND)
    void leader.stop().then(() => {
      this.#operators.delete(leader)
      if (leader === this.#leader) this.#leader = undefined
      this.#startLater(wait)
    })
  }

  /** A leader that stands still loses its lease, goes on for a moment when it moves again, and finds out. */
  #freeze(): void {
    const old = this.#leader
    if (!old || old.process.isFrozen) return
    old.process.freeze()
    const standsStill = this.#dice.below(40 * SECOND)
    // Whoever waits for the lease has it when it was not renewed for so long.
    this.#later(8 * SECOND + this.#dice.below(10 * SECOND), () => {
      if (old === this.#leader && old.process.isFrozen) this.#startOperator()
    })
    this.#later(standsStill, () => {
      const isOver = old !== this.#leader
      if (isOver) old.loseLease()
      old.process.thaw()
      if (isOver) this.#later(this.#dice.below(SECOND), () => old.abort())
    })
  }

  #startOperator(): void {
    const stale = this.#hasStaleLists && !this.#isQuiet ? this.#dice.below(30) : 0
    const skew = this.#dice.below(20) === 0 && !this.#isQuiet ? this.#dice.of([-HOUR, HOUR]) : 0
    if (skew !== 0) this.#areClocksWrong = true
    const operator: ModelOperator = new ModelOperator(
      {
        server: this.#server,
        network: this.#network,
        time: this.#time,
        delay: () => 1 + this.#dice.below(this.#delay),
        onTrouble: message => this.#violations.push(message),
      },
      `rota-${++this.#owners}`,
      stale,
      skew,
      () => this.#kill(operator),
    )
    this.#note(`${operator.owner} starts`)
    this.#operators.add(operator)
    for (const uid of operator.unlisted) this.#unlisted.add(uid)
    this.#leader = operator
  }

  #kill(operator: ModelOperator | undefined): void {
    if (!operator || operator.process.isDead) return
    operator.kill()
    this.#note(`${operator.owner} dies`)
    this.#operators.delete(operator)
    if (operator !== this.#leader) return
    this.#leader = undefined
    this.#startLater(this.#dice.below(this.#dice.of([SECOND, MINUTE])))
  }

  #startLater(milliseconds: number): void {
    this.#time.at(this.#time.now() + milliseconds, () => {
      if (!this.#leader) this.#startOperator()
    })
  }

  async #calmDown(): Promise<void> {
    const { weather } = this.#network
    this.#note('all is well from now on')
    weather.faults = 0
    weather.latency = 20
    this.#delay = 50
    this.#isQuiet = true
    for (const operator of this.#operators) if (operator !== this.#leader) this.#kill(operator)
    this.#leader?.process.thaw()
    this.#leader?.process.setClock(0)
    this.#leader?.relist()
    if (!this.#leader) this.#startOperator()
    if (this.#dice.below(4) === 0) {
      this.#tally.add('away for ten minutes at the end')
      this.#away(10 * MINUTE)
      await this.#time.advance(10 * MINUTE + RECOVERY)
      const leader = this.#leader
      if (leader) this.#violations.push(...unclaimed(leader, this.#server, this.#time.now(), RECOVERY))
    }
    weather.away = false
    this.#people.settle()
  }

  #note(what: string): void {
    if (this.#isTold) this.#chronicle.push(`${new Date(this.#time.now()).toISOString()} ---- ${what}`)
  }

  #later(milliseconds: number, then: () => void): void {
    this.#time.at(this.#time.now() + milliseconds, () => {
      if (!this.#isQuiet || this.#network.weather.away) then()
    })
  }
}

const HAPPENINGS = [
  ...Array.from({ length: 10 }, () => 'people' as const),
  'faults',
  'faults',
  'latency',
  'news',
  'killed',
  'stopped',
  'away',
  'clock set',
  'news lost',
  'news replayed',
  'frozen',
] as const

/** A story follows from its seed alone. */
export function story(seed: number, isTold = false): Promise<Told> {
  return new Story(seed, isTold).tell()
}

/** A write as one line of the chronicle. */
function inLine({
  stageTimestamp,
  auditID,
  userAgent,
  verb,
  requestURI,
  requestObject,
  responseObject,
}: AuditEvent): string {
  const { metadata, status } = (responseObject ?? {}) as { metadata?: { resourceVersion?: string }; status?: Status }
  const run = status?.activeRun
  const active = run && `${run.id} ${run.operation} of ${run.slotTime} by ${run.owner}, attempt ${run.attempt}`
  const said = verb === 'update' ? `${active ?? 'idle'}; ${status?.lastMessage ?? ''}` : JSON.stringify(requestObject)
  return `${stageTimestamp} ${auditID} ${userAgent} ${verb} ${requestURI} → ${metadata?.resourceVersion}: ${said}`
}
