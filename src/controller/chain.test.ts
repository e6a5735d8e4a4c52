import { describe, expect, it } from 'vitest'
import { startController, storeOf } from '../../test/builders/controller.ts'
import { dice } from '../../test/builders/dice.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { deployment } from '../../test/builders/items.ts'
import { MemoryTasks } from '../../test/builders/memory-tasks.ts'
import { faultOf, MemoryTargets } from '../../test/builders/targets.ts'
import { at, task } from '../../test/builders/task.ts'
import type { Fact } from '../api/facts.ts'
import { SECOND } from '../lib/instant.ts'

const START = at('2026-01-05T00:00:00Z')
const often = {
  schedule: '*/5 * * * *',
  startingDeadlineSeconds: 120,
  retry: { attempts: 1, backoff: 'Constant', maxDelaySeconds: 0 },
} as const
const CHAIN = [
  task({ name: 'first', spec: often }),
  task({ name: 'second', spec: { ...often, dependsOn: [{ name: 'first' }] } }),
  task({ name: 'third', spec: { ...often, dependsOn: [{ name: 'first' }, { name: 'second' }], jitterSeconds: 30 } }),
  task({ name: 'last', spec: { dependsOn: [{ name: 'third' }], historyLimit: 20 } }),
]

/** Runs the chain for some hours of virtual time; a run fails with this chance of a hundred. */
async function hours(count: number, seed: number, failures: number): Promise<readonly Fact[]> {
  const clock = new FakeClock(START)
  const api = new MemoryTasks(...CHAIN)
  const store = storeOf(api)
  const chance = dice(seed)
  const targets = new MemoryTargets([deployment(1, { name: 'a' })], {
    carry: () => (chance.below(100) < failures ? faultOf('Refused') : undefined),
  })
  const facts: Fact[] = []
  const controller = startController({ clock, store, targets, tasks: api, emit: fact => facts.push(fact) })
  for (let n = 0; n < count * 360; n++) await clock.advance(10 * SECOND)
  await controller.stop(0)
  return facts
}

/** What has become of each slot, in the order of time: `second 00:05 Succeeded`. */
function records(facts: readonly Fact[]): readonly string[] {
  const slots = new Map<string, string>()
  return facts.flatMap(fact => {
    if (fact.fact === 'Submitted') slots.set(fact.run, fact.slot)
    const name = 'task' in fact ? fact.task.replace('team-a/', '') : ''
    if (fact.fact === 'Ended') return [`${name} ${slots.get(fact.run)?.slice(11, 16)} ${fact.result}`]
    return fact.fact === 'NotRun' ? [`${name} ${fact.slot.slice(11, 16)} ${fact.reason}`] : []
  })
}

describe('a chain of tasks that depend on each other', () => {
  it('runs in its order, each slot once, and what follows without a schedule once a slot', async () => {
    const told = records(await hours(1, 1, 0))
    const slots = Array.from({ length: 12 }, (_, n) => String(5 * n).padStart(2, '0')).slice(1)
    const expected = slots.flatMap(slot =>
      ['first', 'second', 'third', 'last'].map(name => `${name} 00:${slot} Succeeded`),
    )
    expect(told.slice(0, expected.length)).toEqual(expected)
  })

  it.each([1, 2, 3, 4, 5])(
    'when runs fail, those after them are skipped, and every slot has one record (%i)',
    async seed => {
      const told = records(await hours(4, seed, 25))
      const of = (name: string) =>
        new Map(
          told.filter(line => line.startsWith(`${name} `)).map(line => line.split(' ').slice(1) as [string, string]),
        )
      const [first, second, third, last] = ['first', 'second', 'third', 'last'].map(of) as [
        Map<string, string>,
        Map<string, string>,
        Map<string, string>,
        Map<string, string>,
      ]
      expect(first.size).toBeGreaterThan(45)
      expect([...first.values()].filter(result => result === 'Failed').length).toBeGreaterThan(3)
      for (const [slot, result] of second) {
        if (first.get(slot) === 'Failed') expect(`${slot} ${result}`).toBe(`${slot} DependencyFailed`)
        else expect(['Succeeded', 'Failed']).toContain(result)
      }
      for (const [slot, result] of third) {
        const good = first.get(slot) === 'Succeeded' && second.get(slot) === 'Succeeded'
        expect(`${slot} ${result === 'DependencyFailed'}`).toBe(`${slot} ${!good}`)
      }
      for (const slot of last.keys()) expect(third.get(slot)).toBe('Succeeded')
      for (const [slot, result] of third) if (result === 'Succeeded') expect(last.has(slot)).toBe(true)
      expect(new Set(told).size).toBe(told.length)
    },
  )
})
