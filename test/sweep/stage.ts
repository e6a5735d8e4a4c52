import type { ScheduledTask } from '../../src/api/task.ts'
import { HOUR, MINUTE } from '../../src/lib/instant.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import type { Api } from '../harness/api.ts'

/** Slots lie ahead of the real time in which the tasks are made. */
export const EVENING = (Math.floor(Date.now() / HOUR) + 2) * HOUR
export const MORNING = EVENING + 11 * HOUR

/** Daily at the hour of this instant. */
export function daily(at: number): string {
  const time = new Date(at)
  return `${time.getUTCMinutes()} ${time.getUTCHours()} * * *`
}

/** What a scenario has to do with. */
export interface Stage {
  readonly cluster: ClusterAccess
  readonly api: Api
  readonly namespace: string
  /** Whether a fault may have made a run fail for good. */
  readonly mayFail: boolean
  /** Sets the clock of the operator, also of those that come after it. */
  jumpTo(instant: number): void
  now(): number
  /** With the clock in haste, so that pauses are short. */
  untilTask(name: string, what: string, accept: (task: ScheduledTask) => boolean): Promise<ScheduledTask>
  untilGone(name: string): Promise<void>
}

/** A story with one operator, which any write of it may spoil. */
export interface Scenario {
  readonly name: string
  /** Of the operator, by name. */
  readonly flags?: Readonly<Record<string, string>>
  /** Before the operator starts, an hour before the evening. */
  prepare(stage: Stage): Promise<void>
  course(stage: Stage): Promise<void>
  /** What is not as it has to be at the end. */
  verify(stage: Stage): Promise<readonly string[]>
}

/** Its run for this slot has ended, well or not. */
export function ranFor(slot: number): (task: ScheduledTask) => boolean {
  return ({ status }) => !status?.activeRun && Date.parse(status?.lastSlotTime ?? '') >= slot
}

/** A wake that failed is owed, and tried again every five minutes. */
export async function untilAwake(stage: Stage, name: string, slot: number): Promise<void> {
  await stage.untilTask(name, 'is awake', task => {
    if (!ranFor(slot)(task)) return false
    if (task.status?.lastResult === 'Succeeded') return true
    stage.jumpTo(stage.now() + 5 * MINUTE)
    return false
  })
}
