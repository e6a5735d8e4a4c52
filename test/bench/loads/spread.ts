import { dueTime } from '../../../src/decide/jitter.ts'
import { taskOf } from '../../../src/decide/task.ts'
import { BOUNDS } from '../../builders/task.ts'
import type { RunningOperator } from '../../demo/operator.ts'
import { minuteOf, type Stage } from '../stage.ts'
import { restarting } from '../typical.ts'
import { watchRuns } from './watched.ts'

/** Tasks that come due one by one, evenly within some seconds of a minute. */
export interface Spread {
  readonly slot: number
  readonly seconds: number
  /** When each is due, by its key. */
  readonly due: ReadonlyMap<string, number>
}

/** Before Rota is there. What spreads them is their jitter, of which each task's UID makes its own. */
export async function prepareSpread(
  stage: Stage,
  homes: readonly string[],
  name: string,
  { slot, seconds, count }: { readonly slot: number; readonly seconds: number; readonly count: number },
): Promise<Spread> {
  const spec = restarting(minuteOf(slot), { jitterSeconds: seconds - 1 })
  const tasks = (await stage.tasks(homes, name, count, spec)).map(object => taskOf(object, BOUNDS))
  return { slot, seconds, due: new Map(tasks.map(task => [task.key, dueTime(task, slot, undefined)])) }
}

export interface SpreadResult {
  /** Milliseconds from due to the claim, of each. */
  readonly lateness: readonly number[]
  /** Of Rota, milliseconds. */
  readonly cpuPerRun: number
}

/** What Rota makes of it. Others may run at the same time. @param others how many runs of theirs there are */
export async function watchSpread(
  stage: Stage,
  spread: Spread,
  rota: RunningOperator,
  others = 0,
): Promise<SpreadResult> {
  const { slot, seconds, due } = spread
  const { runs, cpuPerRun } = await watchRuns(stage, rota, slot, due.size + others, seconds * 1000)
  const lateness = runs.flatMap(({ key, claimed }) => {
    const wanted = due.get(key)
    return wanted === undefined ? [] : [claimed - wanted]
  })
  return { lateness, cpuPerRun }
}
