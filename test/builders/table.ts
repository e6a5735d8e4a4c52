import { expect, it } from 'vitest'
import type { World } from '../../src/decide/decision.ts'
import type { Task } from '../../src/decide/task.ts'
import { decided } from './task.ts'

/** One line of documentation: what is the case, and what is decided then. */
export interface Row {
  readonly given: string
  readonly so: string
  readonly task: Task
  readonly now: string
  readonly world?: Partial<World>
  /** Members of the decision. */
  readonly decides: Readonly<Record<string, unknown>>
}

/** Each row is a test named after itself. */
export function table(rows: readonly Row[]): void {
  it.each(rows)('$given: $so', ({ task, now, world, decides }) => {
    expect(decided(task, now, world)).toMatchObject(decides)
  })
}
