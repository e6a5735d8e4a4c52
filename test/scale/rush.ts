import { congestion, observed } from '../../src/execution/congestion.ts'
import { Heap } from '../../src/lib/heap.ts'
import { costOf, type Kind, ROTA, WRITE } from './costs.ts'

/** What one run asks of the API server between its claim and its record, and a minute after. */
export interface Shape {
  readonly reads: number
  readonly patches: number
  /** Reads of the look whether it lasts. */
  readonly looks: number
}

export interface Rush {
  /** Milliseconds after the slot at which each run is due, and the process that it is served by; the earliest first. */
  readonly due: readonly Due[]
  /** Replicas that work; those that stand by watch too. */
  readonly processes: number
  readonly watchers: number
  /** Of the API server; in the benchmark the processes work on them as well. */
  readonly cores: number
  readonly sharesCores?: true
  readonly shape: Shape
  /** The first process is killed; others have its shards so many milliseconds later. */
  readonly crash?: { readonly at: number; readonly takenOverAfter: number }
}

export interface Due {
  readonly at: number
  readonly process: number
}

export interface Outcome {
  /** Milliseconds from when each was due until its claim was written, in the order of `due`. */
  readonly lateness: Float64Array
  /** When the last run was recorded, in milliseconds after the slot. */
  readonly end: number
}

/** Claim and record. */
export const STATUS_WRITES = 2

/** Of the pool: the default flags. */
const WORKERS = { min: 5, max: 64 }
/** `decide/look-back.ts` */
const LOOK_AFTER = 60_000

interface Answer {
  readonly at: number
  readonly asked: number
  readonly process: Process
  readonly run: number
  readonly step: number
}

/** Its event loop does one thing at a time. */
interface Process {
  readonly number: number
  loopFreeAt: number
  isDead: boolean
  readonly waiting: number[]
  /** How many of `waiting` have had their turn. */
  begun: number
  readonly active: Set<number>
  flow: ReturnType<typeof congestion>
}

/** What a run asks for, one after the other, then what its look back does. */
export function stepsOf({ reads, patches, looks }: Shape): readonly Kind[] {
  const some = (kind: Kind, count: number) => Array<Kind>(count).fill(kind)
  return ['status', ...some('read', reads), ...some('patch', patches), 'status', ...some('read', looks)]
}

/**
 * A rush in virtual time. The API server is a queue with a server for each core, first come first served; a process of Rota is a
 * loop that every request, and every news of a status, passes through. How many workers it has is learned by the real rule. Not in
 * it: latency of the network, refusals, the line of a namespace, etcd's own limit.
 */
export function rush({ due, processes, watchers, cores, sharesCores, shape, crash }: Rush): Outcome {
  const steps = stepsOf(shape)
  const record = 1 + shape.reads + shape.patches
  const lateness = new Float64Array(due.length).fill(Number.NaN)
  const free = new Float64Array(cores)
  const answers = new Heap<Answer>((a, b) => a.at < b.at)
  const all = Array.from({ length: processes }, (_, number) => processOf(number))
  let end = 0

  const serve = (arrival: number, milliseconds: number): number => {
    let core = 0
    for (let n = 1; n < cores; n++) if ((free[n] ?? 0) < (free[core] ?? 0)) core = n
    const done = Math.max(arrival, free[core] ?? 0) + milliseconds
    free[core] = done
    return done
  }
  const spend = (process: Process, now: number, milliseconds: number) => {
    const from = Math.max(process.loopFreeAt, now)
    process.loopFreeAt = sharesCores ? serve(from, milliseconds) : from + milliseconds
  }
  const ask = (process: Process, run: number, step: number, now: number) => {
    spend(process, now, ROTA.request + (step === 0 ? ROTA.run : 0))
    const at = serve(process.loopFreeAt, costOf(steps[step] as Kind, watchers) * WRITE)
    answers.push({ at, asked: now, process, run, step })
  }
  const begin = (process: Process, now: number) => {
    const workers = Math.max(WORKERS.min, Math.min(WORKERS.max, Math.floor(process.flow.limit)))
    while (!process.isDead && process.active.size < workers && process.begun < process.waiting.length) {
      const run = process.waiting[process.begun++] as number
      process.active.add(run)
      ask(process, run, 0, now)
    }
  }
  const answered = ({ at: now, asked, process, run, step }: Answer) => {
    if (steps[step] === 'status') {
      for (const other of all) spend(other, now, other === process ? ROTA.ownNews : ROTA.othersNews)
    }
    if (process.isDead || (step <= record && !process.active.has(run))) return
    if (step === 0 && Number.isNaN(lateness[run])) lateness[run] = now - (due[run]?.at ?? 0)
    process.flow = observed(
      process.flow,
      {
        outcome: 'Answered',
        milliseconds: now - asked,
        tellsLatency: steps[step] === 'patch',
        retryAfter: 0,
        inFlight: process.active.size,
        waiting: 0,
      },
      now,
    )
    if (step === record) {
      process.active.delete(run)
      end = now
      if (shape.looks > 0) answers.push({ at: now + LOOK_AFTER, asked: now, process, run, step: steps.length })
    } else if (step === steps.length) ask(process, run, record + 1, now)
    else if (step + 1 < steps.length) ask(process, run, step + 1, now)
    begin(process, now)
  }

  let next = 0
  let crashAt = crash?.at ?? Number.POSITIVE_INFINITY
  let takenOverAt = Number.POSITIVE_INFINITY
  for (;;) {
    const dueAt = due[next]?.at ?? Number.POSITIVE_INFINITY
    const now = Math.min(answers.peek()?.at ?? Number.POSITIVE_INFINITY, dueAt, crashAt, takenOverAt)
    if (now === Number.POSITIVE_INFINITY) return { lateness, end }
    if (now === crashAt && all[0] && crash) {
      all[0].isDead = true
      crashAt = Number.POSITIVE_INFINITY
      takenOverAt = now + crash.takenOverAfter
    } else if (now === takenOverAt && all[0]) {
      takenOverAt = Number.POSITIVE_INFINITY
      takeOver(all[0], all)
      for (const process of all) begin(process, now)
    } else if (now === dueAt) {
      const process = all[due[next]?.process ?? 0] as Process
      process.waiting.push(next++)
      begin(process, now)
    } else answered(answers.pop() as Answer)
  }
}

function processOf(number: number): Process {
  const flow = congestion(WORKERS.min)
  return { number, loopFreeAt: 0, isDead: false, waiting: [], begun: 0, active: new Set(), flow }
}

/** What was under way goes on from its claim, what waited waits elsewhere; with nobody else a new process, which stood by, has it. */
function takeOver(dead: Process, all: Process[]): void {
  const orphans = [...dead.active, ...dead.waiting.slice(dead.begun)]
  all[dead.number] = processOf(dead.number)
  const others = all.length > 1 ? all.slice(1) : all
  for (const [n, run] of orphans.entries()) others[n % others.length]?.waiting.push(run)
}
