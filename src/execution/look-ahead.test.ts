import { expect, it } from 'vitest'
import { runOf } from '../../test/builders/items.ts'
import { faultOf, MemoryTargets } from '../../test/builders/targets.ts'
import type { Fault } from '../api/fault.ts'
import type { Bound } from '../operations/contract.ts'
import type { Limits } from './limits.ts'
import { lookAhead } from './look-ahead.ts'
import { Progress } from './progress.ts'

const run = { ...runOf({ operation: 'restart' }), changed: [] }
const signal = new AbortController().signal
const calls = new MemoryTargets([]).as({ namespace: 'team-a', name: 'rota' }, {} as never, signal)

/** An operation that finds nothing but this fault. */
function finding(fault: Fault, limit?: number): Bound {
  const plan = { actions: [], done: [], already: 0, left: [], faults: [fault] }
  const seen = { items: [], faults: [] }
  const operation = { observe: async () => seen, plan: () => plan, ...(limit !== undefined && { limit }) }
  return operation as unknown as Bound
}

it.each<[string, Fault['class'], Limits, number | undefined, boolean]>([
  ['a conflict', 'Conflict', { objects: 2 }, undefined, true],
  ['an API server that does not answer', 'Transient', { percent: 50 }, undefined, true],
  ['what nobody understands', 'Unknown', {}, 100, true],
  ['what is refused for good: nothing of it will be changed', 'Refused', { objects: 2 }, undefined, false],
  ['what is invalid', 'Invalid', { objects: 2 }, undefined, false],
  ['a conflict without a limit', 'Conflict', {}, undefined, false],
])('whether the number of objects that may be changed is unsure: %s', async (_, kind, limits, limit, isUnsure) => {
  const progress = new Progress([], () => undefined, ['team-a'])
  const { unsure } = await lookAhead(finding(faultOf(kind), limit), limits, run, calls, progress)
  expect(unsure.length > 0).toBe(isUnsure)
})
