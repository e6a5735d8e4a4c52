import { setImmediate as turn } from 'node:timers/promises'
import { Agenda } from '../../src/controller/agenda.ts'
import { Store } from '../../src/controller/store.ts'
import { pool } from '../../src/execution/pool.ts'
import { restarting } from '../bench/typical.ts'
import { startController, storeOf } from '../builders/controller.ts'
import { FakeClock } from '../builders/fake-clock.ts'
import { MemoryTasks } from '../builders/memory-tasks.ts'
import { MemoryTargets } from '../builders/targets.ts'
import { at, BOUNDS, task } from '../builders/task.ts'
import { TASKS_A_NAMESPACE } from './fleet.ts'
import { grown } from './sleeper.ts'

/** Milliseconds on a processor; bytes. */
export interface Measured {
  readonly firstNews: number
  readonly othersNews: number
  readonly ownNews: number
  readonly run: number
  readonly wakeUp: number
  readonly heap: number
  readonly resident: number
}

const RUNS = 1_000
const NEWS = 2_000
/** So many lines of a watch are held at once. */
const LINES = 1_000

/** What so many tasks take in a process of Rota, in this one, by the real code. Wants `--expose-gc`: else bytes are too many. */
export async function measure(tasks: number): Promise<Measured> {
  const store = new Store(BOUNDS)
  globalThis.gc?.()
  const before = process.memoryUsage()
  const firstNews = await heard(store, tasks, 100)
  globalThis.gc?.()
  const after = process.memoryUsage()
  return {
    firstNews,
    othersNews: await heard(store, NEWS, 101),
    ownNews: await heard(store, NEWS, 101),
    run: await oneRun(),
    wakeUp: await oneWakeUp(tasks),
    heap: (after.heapUsed - before.heapUsed) / tasks,
    resident: (after.rss - before.rss) / tasks,
  }
}

/** News of so many tasks, each at this version, as a watch tells it: what one takes. */
async function heard(store: Store, tasks: number, version: number): Promise<number> {
  const object = grown(10)
  const lineOf = (n: number) => {
    const namespace = `team-${Math.floor(n / TASKS_A_NAMESPACE)}`
    const about = { name: `task-${n}`, namespace, uid: `uid-${n}`, resourceVersion: String(version) }
    // What many tasks say alike is kept once: here all but this.
    const spec = { ...object.spec, title: `Put ${namespace} to sleep at night` }
    return JSON.stringify({ ...object, metadata: { ...object.metadata, ...about }, spec })
  }
  let spent = 0
  for (let from = 0; from < tasks; from += LINES) {
    const lines = Array.from({ length: Math.min(LINES, tasks - from) }, (_, n) => lineOf(from + n))
    const begun = cpu()
    for (const line of lines) store.put(JSON.parse(line))
    spent += cpu() - begun
    // What is held weakly lives until the end of the turn.
    await turn()
  }
  return spent / tasks
}

/** The controller, over tasks in memory: all of a run but its requests. */
async function oneRun(): Promise<number> {
  const clock = new FakeClock(at('2026-01-05T19:59:59Z'))
  const restart = restarting('0 20 * * *')
  const all = Array.from({ length: RUNS }, (_, n) => task({ name: `t-${n}`, namespace: `team-${n}`, spec: restart }))
  const tasks = new MemoryTasks(...all)
  const controller = startController({
    clock,
    tasks,
    targets: new MemoryTargets([]),
    store: storeOf(tasks),
    pool: pool({ min: 5, max: 64, bearable: () => 64 }),
  })
  await clock.advance(500)
  const begun = cpu()
  await clock.advance(5_000)
  const each = (cpu() - begun) / RUNS
  await controller.stop(0)
  return each
}

/** One task more whose time has come. */
async function oneWakeUp(tasks: number): Promise<number> {
  const clock = new FakeClock(0)
  const agenda = new Agenda(clock, () => undefined)
  for (let n = 0; n < tasks; n++) agenda.set(`team-${n}/task`, n < tasks / 2 ? 1_000 : 1_000_000)
  const begun = cpu()
  await clock.advance(60_000)
  return (cpu() - begun) / (tasks / 2)
}

/** Milliseconds on a processor that this process has had: others that keep it waiting do not count. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
