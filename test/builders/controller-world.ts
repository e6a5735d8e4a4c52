import type { Fact } from '../../src/api/facts.ts'
import type { Fault } from '../../src/api/fault.ts'
import type { ScheduledTask } from '../../src/api/task.ts'
import type { Controller } from '../../src/controller/controller.ts'
import type { Task } from '../../src/decide/task.ts'
import { pool } from '../../src/execution/pool.ts'
import { pass, startController, storeOf } from './controller.ts'
import { FakeClock } from './fake-clock.ts'
import { deployment } from './items.ts'
import { MemoryTasks } from './memory-tasks.ts'
import { MemoryTargets } from './targets.ts'
import { at } from './task.ts'

export const daily = {
  schedule: '0 20 * * *',
  retry: { backoff: 'Constant', maxDelaySeconds: 300, delaySeconds: 10 },
} as const

interface World {
  readonly workers?: number
  /** Of the Deployments in each namespace. */
  readonly names?: readonly string[]
  /** What becomes of a write on a target. */
  readonly carry?: (time: number) => Fault | Promise<undefined> | undefined
}

/** A minute before the slot at 20:00, with some Deployments in each namespace. */
export function setUp(tasks: readonly Task[], world: World = {}) {
  const clock = new FakeClock(at('2026-01-05T19:59:00Z'))
  const api = new MemoryTasks(...tasks)
  const store = storeOf(api)
  const targets = new MemoryTargets(
    (world.names ?? ['a', 'b', 'c']).map(name => deployment(1, { name })),
    { carry: (_, time) => world.carry?.(time) },
  )
  const facts: Fact[] = []
  const size = world.workers ?? 5
  const start = (owner: string, holds = () => true): Controller => {
    const workers = pool({ min: size, max: size, bearable: () => 64 })
    return startController({
      ...{ clock, store, targets, tasks: api, owner, holds },
      emit: fact => facts.push(fact),
      pool: workers,
    })
  }
  const change = (key: string, make: (object: ScheduledTask) => ScheduledTask) => store.put(api.change(key, make))
  const status = (key = 'team-a/nights-off') => api.objects.get(key)?.status
  const said = (...names: readonly string[]) => facts.filter(({ fact }) => names.includes(fact))
  return { pass: (seconds: number) => pass(clock, seconds), api, store, targets, start, change, status, said }
}

/** A write on a target that gets no answer until it is let go. */
export function held() {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { answer: promise, letGo: () => resolve(undefined) }
}
