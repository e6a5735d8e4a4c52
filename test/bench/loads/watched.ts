import type { AuditEvent } from '../../harness/audit.ts'
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

/** What Rota does from a second before the slot until so many runs are recorded. @param within milliseconds in which they come due */
export async function watchRuns(stage: Stage, pid: number, slot: number, count: number, within = 0): Promise<Watched> {
  await sleepUntil(slot - 1_000)
  const mark = stage.mark()
  const before = usageOf(pid).cpu
  const log = await stage.untilLogged(mark, STATUS_WRITE, WRITES_PER_RUN * count, within + 60_000 + count * 60)
  return { log, runs: runsIn(statusWrites(log)), cpuPerRun: (usageOf(pid).cpu - before) / count }
}
