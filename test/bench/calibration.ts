import type { ScheduledTask } from '../../src/api/task.ts'
import { type Task, taskOf } from '../../src/decide/task.ts'
import { tasksOf } from '../../src/kube/tasks.ts'
import { BOUNDS } from '../builders/task.ts'
import { statusWrites, type Write } from './log.ts'
import { usageOf } from './process-usage.ts'
import { STATUS_WRITE, type Stage } from './stage.ts'
import { drift, median } from './statistics.ts'

/** C may be another one at the end by this share: else the machine has not stayed the same, and nothing can be compared. */
export const MOST_DRIFT = 0.1

export interface Calibration {
  /** C, writes a second: the median of the rounds with the most. */
  readonly c: number
  readonly rounds: readonly CalibrationRound[]
}

export interface CalibrationRound {
  readonly inFlight: number
  /** A second. */
  readonly writes: number
  /** Milliseconds on a processor that one write costs the API server. */
  readonly serverCpu: number
}

/**
 * What the API server can write: statuses of these tasks, as the operator writes them, each as soon as one before it has been
 * answered. The levels in turn, so that what drifts does not favour one of them.
 */
export async function calibrate(
  stage: Stage,
  objects: readonly ScheduledTask[],
  { levels, rounds, writes }: { levels: readonly number[]; rounds: number; writes: number },
): Promise<Calibration> {
  const tasks = objects.map(object => taskOf(object, BOUNDS))
  const measured: CalibrationRound[] = []
  for (let round = 0; round < rounds; round++) {
    for (const inFlight of levels) measured.push(await closedLoop(stage, tasks, inFlight, writes))
  }
  const medians = levels.map(level => median(measured.filter(m => m.inFlight === level).map(m => m.writes)))
  return { c: Math.max(...medians), rounds: measured }
}

/** A status of typical size written once more. */
export async function rewritten({ asRota }: Stage, task: Task): Promise<Task> {
  const status = { ...task.status, runCount: (task.status.runCount ?? 0) + 1 }
  return taskOf(await tasksOf(asRota).writeStatus(task, status), BOUNDS, task)
}

async function closedLoop(stage: Stage, tasks: Task[], inFlight: number, writes: number): Promise<CalibrationRound> {
  const server = stage.cluster.apiServer.pid ?? 0
  const mark = stage.mark()
  const before = usageOf(server).cpu
  // Each worker has objects of its own, so that no write waits for another one of the same object.
  const worker = async (first: number) => {
    for (let n = 0, place = first; n < writes / inFlight; n++, place += inFlight) {
      if (place >= tasks.length) place = first
      tasks[place] = await rewritten(stage, tasks[place] as Task)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, n) => worker(n)))
  const cpu = usageOf(server).cpu - before
  const count = inFlight * Math.ceil(writes / inFlight)
  const written = statusWrites(await stage.untilLogged(mark, STATUS_WRITE, count, 30_000))
  return { inFlight, writes: rateOf(written), serverCpu: cpu / count }
}

/** A second, from when the first was received until the last was answered. */
export function rateOf(writes: readonly Write[]): number {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const { received, answered } of writes) {
    first = Math.min(first, received)
    last = Math.max(last, answered)
  }
  return (writes.length / (last - first)) * 1000
}

/** Why what was measured between two of them cannot be believed, once for each that this is true of. @param turns what was */
export function distrust(
  calibrations: readonly Calibration[],
  turns: readonly (readonly string[])[],
): readonly string[] {
  return turns.flatMap((names, n) => {
    const [was = Number.NaN, is = Number.NaN] = calibrations.slice(n, n + 2).map(({ c }) => c)
    const share = drift(was, is)
    if (share <= MOST_DRIFT) return []
    return [
      `DISCARDED, ${names.join(', ')}: C was ${Math.round(was)} writes a second before and ${Math.round(is)} after, which is ${(share * 100).toFixed(0)} % apart: the machine had more to do than this. Run it again when it is quiet.`,
    ]
  })
}
