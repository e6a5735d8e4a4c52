import type { RunningOperator } from '../../demo/operator.ts'
import type { Bench } from '../bench.ts'
import { atMost } from '../figures.ts'
import { addSeries } from '../findings.ts'
import { AT_ONCE, addLateness, lateBy } from '../lateness.ts'
import { type Run, type Traffic, trafficOf } from '../log.ts'
import { makingTime, minuteOf, nextMinute, type Stage } from '../stage.ts'
import { quantile, rates } from '../statistics.ts'
import { restarting } from '../typical.ts'
import { WRITES_PER_RUN, watchRuns } from './watched.ts'

/** So many tasks that are due at the first instant of a minute. */
interface Load {
  readonly count: number
  readonly slot: number
}

interface Result extends Load {
  readonly runs: readonly Run[]
  readonly traffic: Traffic
  /** Of Rota, milliseconds for each run. */
  readonly cpuPerRun: number
}

/** Tasks that are all due at the same instant: one minute a number, one after the other. */
export async function sameSecond(bench: Bench): Promise<void> {
  const { stage, calibration, findings } = bench
  const { c } = calibration
  const loads = await prepared(bench)
  const rota = await stage.rota()
  const results: Result[] = []
  try {
    for (const load of loads) results.push(await Promise.race([watchDue(stage, load, rota), rota.died]))
  } finally {
    await rota.stop()
  }
  for (const result of results) {
    const { count, slot, runs, traffic, cpuPerRun } = result
    const lateness = lateBy(
      slot,
      runs.map(({ claimed }) => claimed),
    )
    findings.atOnce.push(lateness)
    addLateness(findings, AT_ONCE, `${count} at once`, lateness)
    const answers = runs.map(({ recorded = Number.NaN }) => recorded).filter(Number.isFinite)
    const throughput = rates(answers, 1000).map(([at, runs]) => [at / 1000, runs] as const)
    addSeries(findings, 'throughput', THROUGHPUT, { name: `${count} at once`, points: throughput })
    findings.figures.push(
      {
        what: `k-th of ${count} tasks due at once, by k·w/C`,
        target: '≤ 1.15 ×',
        unit: '×',
        values: overFloor(lateness, c),
        reaches: atMost(1.15),
        note: `w = ${WRITES_PER_RUN}; each tenth of the tasks is a round; last one ${(quantile(lateness, 1) / 1000).toFixed(2)} s late`,
      },
      {
        what: `requests a run, ${count} tasks due at once`,
        target: '',
        unit: '',
        values: [traffic.total / count],
        note: [...traffic.requests].map(([what, n]) => `${what} ${(n / count).toFixed(2)}`).join(', '),
      },
      {
        what: `conflicts, ${count} tasks due at once`,
        target: '< 0.1 %',
        unit: '%',
        values: [(traffic.conflicts / traffic.total) * 100],
        reaches: value => value < 0.1,
      },
      { what: `CPU of Rota a run, ${count} tasks due at once`, target: '', unit: 'ms', values: [cpuPerRun] },
    )
    findings.raw.set(`due ${count}`, result)
  }
}

const THROUGHPUT = { title: 'Runs recorded', x: 'since the first (s)', y: 'runs a second' }

/** Before Rota is there: it would write the status of a new task itself. The tasks of a crowd that comes due are there. */
async function prepared({ stage, scale, calibration, rush }: Bench): Promise<readonly Load[]> {
  if (rush) return [rush]
  const counts = scale.due
  const homes = await stage.homes('due', scale.homes)
  const total = counts.reduce((sum, count) => sum + count, 0)
  // Rota needs a moment to start.
  const first = nextMinute(makingTime(total, calibration.c) + 5_000)
  const loads = counts.map((count, n) => ({ count, slot: first + n * 60_000 }))
  for (const { count, slot } of loads) await stage.tasks(homes, `due-${count}`, count, restarting(minuteOf(slot)))
  return loads
}

async function watchDue(stage: Stage, load: Load, rota: RunningOperator): Promise<Result> {
  const { log, runs, cpuPerRun } = await watchRuns(stage, rota, load.slot, load.count)
  return { ...load, runs, traffic: trafficOf(log), cpuPerRun }
}

/**
 * The k-th claim's lateness by what the API server needs at least for k runs, k·w/C: for each tenth of the tasks, since the first
 * ones are late by what one request takes.
 * @param lateness milliseconds, the first one first
 * @param c writes a second
 */
export function overFloor(lateness: readonly number[], c: number): readonly number[] {
  return Array.from({ length: 10 }, (_, n) => {
    const k = Math.ceil(((n + 1) / 10) * lateness.length)
    return (lateness[k - 1] ?? Number.NaN) / ((k * WRITES_PER_RUN * 1000) / c)
  })
}
