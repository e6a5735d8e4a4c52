import { describe, expect, it } from 'vitest'
import { deployment } from '../../test/builders/items.ts'
import { faultOf } from '../../test/builders/targets.ts'
import type { Action } from '../operations/contract.ts'
import { carryOut } from './carry-out.ts'
import type { Carried } from './ports.ts'

const actions = (n: number): readonly Action[] =>
  Array.from({ length: n }, (_, index) => ({
    do: 'Patch',
    target: { kind: deployment(0).kind, namespace: 'team-a', name: `o-${index}` },
    version: '1',
    body: {},
    says: '',
  }))

/** Counts how many are under way; each takes some rounds of the event loop. */
function meter() {
  const seen = { now: 0, most: 0, all: 0 }
  const one = async (): Promise<Carried> => {
    seen.all++
    seen.most = Math.max(seen.most, ++seen.now)
    for (let n = 0; n < 5; n++) await Promise.resolve()
    seen.now--
    return 'Changed'
  }
  return { seen, one }
}

const never = new AbortController().signal

describe('requests under way at once', () => {
  it('are at most thirty-two in an attempt', async () => {
    const { seen, one } = meter()
    expect(await carryOut(actions(100), one, never)).toHaveLength(100)
    expect(seen).toEqual({ now: 0, most: 32, all: 100 })
  })
})

it('the answers are in the order of the actions, faults included', async () => {
  const answers: readonly Carried[] = ['Changed', faultOf('Refused'), 'Same']
  const carried = await carryOut(
    actions(3),
    async ({ target }) => answers[Number(target.name.slice(2))] ?? 'Same',
    never,
  )
  expect(carried).toEqual(answers)
})

it('nothing is begun after the abort, and what is under way has ended when it settles', async () => {
  const { seen, one } = meter()
  const stop = new AbortController()
  const some = async () => {
    if (seen.all === 10) stop.abort(new Error('enough'))
    return one()
  }
  await expect(carryOut(actions(100), some, stop.signal)).rejects.toThrow('enough')
  expect(seen.now).toBe(0)
  expect(seen.all).toBeLessThan(50)
})

it('one that throws does not keep the others from being done', async () => {
  const { seen, one } = meter()
  const some = async ({ target }: Action) => {
    if (target.name === 'o-0') throw new Error('broken')
    return one()
  }
  await expect(carryOut(actions(20), some, never)).rejects.toThrow('broken')
  expect(seen).toMatchObject({ now: 0, all: 19 })
})
