import { setTimeout as sleep } from 'node:timers/promises'
import { taskOf } from '../../../src/decide/task.ts'
import { BOUNDS } from '../../builders/task.ts'
import { seriesIn } from '../../soak/measures.ts'
import type { Bench } from '../bench.ts'
import { rewritten } from '../calibration.ts'
import { atMost, type Figure } from '../figures.ts'
import { addSeries } from '../findings.ts'
import { addLateness, ONE_BY_ONE } from '../lateness.ts'
import { statusWrites, type Traffic, trafficOf } from '../log.ts'
import { SETTLED, type Usage, usageOf } from '../process-usage.ts'
import { bootTime, minuteOf, nextMinute, STATUS_WRITE, type Stage } from '../stage.ts'
import { exponent, quantile } from '../statistics.ts'
import { restarting } from '../typical.ts'
import { prepareSpread, type SpreadResult, watchSpread } from './spread.ts'

const MIB = 2 ** 20
/** So many plain writes, and so many milliseconds between them. */
const PLAIN = 20
const APART = 250
/** What is aimed at, by how many tasks there are. */
const TARGETS: Readonly<Record<number, { readonly megabytes: number; readonly seconds: number }>> = {
  10000: { megabytes: 90, seconds: 1.5 },
  50000: { megabytes: 140, seconds: 5 },
}

interface Result {
  readonly count: number
  /** Milliseconds from the start of the process until it is ready. */
  readonly readyAfter: number
  /** The longest that its event loop stood still until then, in milliseconds. */
  readonly blocked: number
  /** Statuses that it wrote although there was nothing to say. */
  readonly written: number
  readonly booted: Usage
  readonly rested: Usage
  /** Seconds of rest, and what it did in them. */
  readonly seconds: number
  readonly cpu: number
  readonly wakeUps: number
  readonly traffic: Traffic
  readonly spread: SpreadResult
  /** Milliseconds that a plain write of a status takes, one at a time, without Rota. */
  readonly plain: readonly number[]
}

/**
 * More and more tasks that are not due: what it costs that they are there, and whether one of them that is due notices. It may be
 * due at once after it.
 */
export async function crowd(bench: Bench): Promise<void> {
  const { stage, scale, calibration, findings, crowdIsDue } = bench
  const homes = await stage.homes('crowd', scale.homes)
  const results: Result[] = []
  const total = scale.crowds.at(-1) ?? 0
  // A task takes two writes, the first of which is cheaper.
  const making = ((2.3 * total) / calibration.c) * 1000
  const slot = nextMinute(making + scale.crowds.reduce((sum, count) => sum + lasting(scale, count), 0))
  let there = 0
  for (const count of scale.crowds) {
    await stage.tasks(homes, `idle-${count}`, count - there, restarting(crowdIsDue ? minuteOf(slot) : '0 3 1 1 *'))
    there = count
    results.push(await among(stage, homes, count, scale))
  }
  for (const result of results) {
    findings.figures.push(...figuresOf(result))
    addLateness(findings, ONE_BY_ONE, `among ${result.count}`, result.spread.lateness)
  }
  const memory = results.map(({ count, rested }) => [count, rested.resident / MIB] as const)
  const peaks = results.map(({ count, booted }) => [count, booted.peak / MIB] as const)
  const about = { title: 'Memory of Rota', x: 'tasks', y: 'MiB' }
  addSeries(findings, 'memory', about, { name: 'at rest', points: memory })
  addSeries(findings, 'memory', about, { name: 'peak at boot', points: peaks })
  if (results.length > 1) findings.figures.push(...growthOf(results))
  findings.raw.set('crowd', results)
  if (!crowdIsDue) return
  if (Date.now() > slot) throw new Error('the crowd came due while it was looked at: it was made too slowly')
  bench.rush = { slot, count: total }
}

/** How long it takes at the most to look at one number of tasks, in milliseconds: it waits for a minute to begin. */
function lasting({ rest, alone }: Bench['scale'], count: number): number {
  return bootTime(count) + PLAIN * APART + SETTLED + (rest + alone.seconds) * 1000 + 60_000
}

async function among(stage: Stage, homes: readonly string[], count: number, scale: Bench['scale']): Promise<Result> {
  const { rest, alone } = scale
  const plain = await plainly(stage, homes)
  const slot = nextMinute(SETTLED + rest * 1000 + bootTime(count))
  const load = await prepareSpread(stage, homes, `due-among-${count}`, { slot, ...alone })
  const start = stage.mark()
  const rota = await stage.rota()
  try {
    const booted = usageOf(rota.pid)
    const blocked = seriesIn(await (await fetch(`${rota.url}/metrics`)).text()).get('nodejs_eventloop_lag_max_seconds')
    await sleep(SETTLED)
    const written = statusWrites(stage.log(start)).length
    const [mark, before, begun] = [stage.mark(), usageOf(rota.pid), performance.now()]
    await sleep(rest * 1000)
    const rested = usageOf(rota.pid)
    const seconds = (performance.now() - begun) / 1000
    const traffic = trafficOf(stage.log(mark))
    const spread = await Promise.race([watchSpread(stage, load, rota), rota.died])
    return {
      count,
      readyAfter: rota.readyAfter,
      blocked: (blocked ?? Number.NaN) * 1000,
      written,
      booted,
      rested,
      seconds,
      cpu: rested.cpu - before.cpu,
      wakeUps: rested.wakeUps - before.wakeUps,
      traffic,
      spread,
      plain,
    }
  } finally {
    await rota.stop()
  }
}

/** Statuses of one task, written one at a time, far enough apart to find an API server that has rested: from sent to committed. */
async function plainly(stage: Stage, homes: readonly string[]): Promise<readonly number[]> {
  const [made] = await stage.tasks(homes, `plain-${Date.now()}`, 1, restarting(undefined))
  const mark = stage.mark()
  const sent: number[] = []
  let task = made && taskOf(made, BOUNDS)
  for (let n = 0; task && n < PLAIN; n++) {
    await sleep(APART)
    sent.push(performance.timeOrigin + performance.now())
    task = await rewritten(stage, task)
  }
  const written = statusWrites(await stage.untilLogged(mark, STATUS_WRITE, PLAIN, 10_000))
  return written.map(({ answered }, n) => answered - (sent[n] ?? Number.NaN))
}

function figuresOf(result: Result): readonly Figure[] {
  const { count, readyAfter, blocked, written, booted, rested, seconds, cpu, wakeUps, traffic, spread, plain } = result
  const { megabytes, seconds: ready } = TARGETS[count] ?? {}
  const figure = (what: string, unit: string, value: number, target = '', limit?: number, note?: string): Figure => ({
    ...{ what: `${what}, ${count} tasks`, target, unit, values: [value] },
    ...(limit !== undefined && { reaches: atMost(limit) }),
    ...(note !== undefined && { note }),
  })
  const asked = [...traffic.requests].map(([what, n]) => `${what} ${n}`).join(', ')
  const megabyte = (bytes: number) => bytes / 1e6
  return [
    figure('cold start to ready', 's', readyAfter / 1000, ready ? `≤ ${ready} s` : '', ready),
    figure('writes at a cold start', '', written, 'none', 0),
    figure('event loop blocked at a cold start, at most', 'ms', blocked, '≤ 30 ms', 30),
    figure('memory at rest', 'MB', megabyte(rested.resident), megabytes ? `≤ ${megabytes} MB` : '', megabytes),
    figure('peak of memory at boot, by memory at rest', '×', booted.peak / rested.resident, '≤ 1.3 ×', 1.3),
    figure('CPU at rest', '% of a core', cpu / seconds / 10, '≤ 0.1 %', 0.1),
    figure('wake-ups a second at rest', '', wakeUps / seconds, '≤ 1', 1),
    figure('requests a second at rest, besides the lease', '', traffic.total / seconds, '≤ 0.3', 0.3, asked),
    figure('lateness of a single task, p50', 'ms', quantile(spread.lateness, 0.5), '≤ 5 ms', 5),
    figure('lateness of a single task, p99', 'ms', quantile(spread.lateness, 0.99), '≤ 25 ms', 25),
    figure(
      'the same, p50, by that of a plain status write',
      '×',
      quantile(spread.lateness, 0.5) / quantile(plain, 0.5),
      '',
      undefined,
      `${quantile(plain, 0.5).toFixed(1)} ms, p99 ${quantile(plain, 0.99).toFixed(1)} ms, one at a time, without Rota`,
    ),
    figure('CPU of Rota for a run at a fixed rate', 'ms', spread.cpuPerRun),
  ]
}

function growthOf(results: readonly Result[]): readonly Figure[] {
  const [least, most] = [results[0]?.count, results.at(-1)?.count]
  const exponentOf = (what: string, value: (result: Result) => number, limit: number): Figure => ({
    what: `growth of ${what}, ${least} → ${most} tasks: exponent`,
    target: `≤ ${limit}`,
    unit: '',
    values: [exponent(results.map(result => [result.count, value(result)] as const))],
    reaches: atMost(limit),
  })
  return [
    exponentOf('CPU for a run', ({ spread }) => spread.cpuPerRun, 0.05),
    exponentOf('lateness (p50)', ({ spread }) => quantile(spread.lateness, 0.5), 0.05),
    exponentOf('the cold start', ({ readyAfter }) => readyAfter, 1),
  ]
}
