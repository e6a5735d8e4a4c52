import { Controller } from '../../src/controller/controller.ts'
import type { ControllerParts } from '../../src/controller/parts.ts'
import { Store } from '../../src/controller/store.ts'
import { pool } from '../../src/execution/pool.ts'
import type { FakeClock } from './fake-clock.ts'
import type { MemoryTasks } from './memory-tasks.ts'
import type { MemoryTargets } from './targets.ts'
import { BOUNDS } from './task.ts'

interface Parts extends Partial<Omit<ControllerParts, 'clock' | 'tasks' | 'targets'>> {
  readonly clock: FakeClock
  readonly tasks: MemoryTasks
  readonly targets: MemoryTargets
  readonly store: Store
}

/** A store that has seen all tasks. */
export function storeOf(tasks: MemoryTasks): Store {
  const store = new Store(BOUNDS)
  for (const object of tasks.objects.values()) store.put(object)
  return store
}

/** A controller in virtual time, over objects in memory, with two workers; `changes` are told to it as a watch does. */
export function startController({ clock, tasks, targets, store, ...changes }: Parts): Controller {
  const controller = new Controller({
    clock,
    store,
    targets,
    tasks,
    discovery: targets,
    emit: () => undefined,
    settings: { taskTimeoutSeconds: 300, taskMaxRetries: 3, taskRetryDelaySeconds: 10 },
    pool: pool({ min: 2, max: 2, bearable: () => 2 }),
    serves: () => true,
    holds: () => true,
    owner: 'rota-1',
    isClockSkewed: () => false,
    time: () => clock.now(),
    seesAll: true,
    ...changes,
  })
  store.onChange = key => controller.changed(key)
  controller.considerAll()
  return controller
}

/** Second by second, each with time for all that follows from it. */
export async function pass(clock: FakeClock, seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n++) {
    await clock.advance(1000)
    for (let more = 0; more < 5; more++) await clock.advance(0)
  }
}
