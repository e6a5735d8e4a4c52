import type { ScheduledTask } from '../../src/api/task.ts'
import type { Task } from '../../src/decide/task.ts'
import { HOUR, rfc3339 } from '../../src/lib/instant.ts'
import { nightly, objectOf, ran, task } from '../builders/task.ts'

/** What the one task that is modelled puts to sleep. */
export const WORKLOADS = 5
const FIRST_EVENING = Date.parse('2026-01-05T20:00:00Z')
/** From 20:00 to 07:00, and on to 20:00. */
const [NIGHT, DAY] = [11, 24]
const RUNS = 12

/** A task that has slept and woken often enough for its history to be full. */
export function grown(historyLimit: number): ScheduledTask {
  const about = { title: 'Put team-a to sleep at night', costCenter: 'cc-4711', historyLimit }
  let sleeper: Task = task({ spec: nightly(about) })
  for (let n = 0; n < RUNS; n++) {
    const when = FIRST_EVENING + (Math.floor(n / 2) * DAY + (n % 2) * NIGHT) * HOUR
    const [did, change] = n % 2 === 0 ? ['put 5 Deployments to sleep', '3 → 0'] : ['woke 5 Deployments', '0 → 3']
    const output = Array.from({ length: WORKLOADS }, (_, n) => `Deployment/web-${n}: replicas ${change}`).join('\n')
    sleeper = ran(sleeper, rfc3339(when), { message: did, output })
  }
  return objectOf(sleeper)
}

/** Bytes of its JSON. */
export function jsonBytes(historyLimit: number): number {
  return Buffer.byteLength(JSON.stringify(grown(historyLimit)))
}
