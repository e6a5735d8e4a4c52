import { until } from '../../cluster/until.ts'
import type { RunningOperator } from '../../demo/operator.ts'
import type { AuditEvent } from '../../harness/audit.ts'
import { seriesIn } from '../../soak/measures.ts'
import { type Run, runsIn, statusWrites } from '../log.ts'
import { usageOf } from '../process-usage.ts'
import { STATUS_WRITE, type Stage, sleepUntil } from '../stage.ts'

/** Claim and record: a run that finds nothing to change. */
export const WRITES_PER_RUN = 2

export interface Watched {
  readonly log: readonly AuditEvent[]
  readonly runs: readonly Run[]
  /** Of Rota, milliseconds for each run. */
  readonly cpuPerRun: number
}

/** How many runs have ended since Rota was started, as it says itself: without the slots that passed without one. */
export async function runsEnded({ url }: RunningOperator): Promise<number> {
  const series = seriesIn(await (await fetch(`${url}/metrics`)).text())
  return series.get('rota_run_duration_seconds_count') ?? 0
}

/** What Rota does from a second before the slot until so many runs are recorded. @param within milliseconds in which they come due */
export async function watchRuns(
  stage: Stage,
  rota: RunningOperator,
  slot: number,
  count: number,
  within = 0,
): Promise<Watched> {
  await sleepUntil(slot - 1_000)
  const mark = stage.mark()
  const cpu = usageOf(rota.pid).cpu
  const ended = await runsEnded(rota)
  const timeout = within + 60_000 + count * 60
  await stage.untilLogged(mark, STATUS_WRITE, WRITES_PER_RUN * count, timeout)
  // Who waits for long says so, which is a write more.
  const all = (now: number) => now - ended >= count
  await until(`${count} runs have ended`, () => runsEnded(rota), all, { timeout, interval: 500 })
  const cpuPerRun = (usageOf(rota.pid).cpu - cpu) / count
  const log = stage.log(mark)
  return { log, runs: runsIn(statusWrites(log)), cpuPerRun }
}
