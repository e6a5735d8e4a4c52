import { describe, expect, it } from 'vitest'
import { pool } from './pool.ts'

/** A turn that lasts until it is let go. */
function turns() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const turn = (key: string) => () => {
    begun.push(key)
    return new Promise<void>(resolve => ends.set(key, resolve))
  }
  const end = async (key: string) => {
    ends.get(key)?.()
    for (let n = 0; n < 10; n++) await Promise.resolve()
  }
  return { begun, turn, end }
}

const fixed = (size: number) => ({ min: size, max: size, bearable: () => 64 })

describe('the pool', () => {
  it('has so many turns at once, and no more', async () => {
    const { begun, turn, end } = turns()
    const workers = pool(fixed(2))
    for (const key of ['a', 'b', 'c']) workers.enter(key, 0, turn(key))
    expect([begun, workers.queued, workers.workers]).toEqual([['a', 'b'], 1, 2])
    await end('a')
    expect([begun, workers.queued]).toEqual([['a', 'b', 'c'], 0])
  })

  it('takes the highest rank first, and of the same rank who came first', async () => {
    const { begun, turn, end } = turns()
    const workers = pool(fixed(1))
    const ranks = { first: 0, low: -5, old: 3, high: 9, young: 3 }
    for (const [key, rank] of Object.entries(ranks)) workers.enter(key, rank, turn(key))
    for (const key of ['first', 'high', 'old', 'young', 'low']) await end(key)
    expect(begun).toEqual(['first', 'high', 'old', 'young', 'low'])
  })

  it('grows while something waits, as far as the API server keeps up, and back when nothing does', async () => {
    const { begun, turn, end } = turns()
    let bearable = 4
    const workers = pool({ min: 2, max: 5, bearable: () => bearable })
    for (const key of ['a', 'b']) workers.enter(key, 0, turn(key))
    expect(workers.workers).toBe(2)
    for (const key of ['c', 'd', 'e', 'f', 'g']) workers.enter(key, 0, turn(key))
    expect([begun.length, workers.workers, workers.queued]).toEqual([4, 4, 3])
    bearable = 64
    await end('a')
    expect([begun.length, workers.workers, workers.queued]).toEqual([6, 5, 1])
    bearable = 1
    for (const key of ['b', 'c', 'd']) await end(key)
    expect([begun.length, workers.queued]).toEqual([7, 0])
    for (const key of ['e', 'f', 'g']) await end(key)
    expect(workers.workers).toBe(2)
  })

  it('grows as soon as the API server bears more, and shrinks when it bears less, also while no turn ends', () => {
    const { begun, turn } = turns()
    let bearable = 1
    const workers = pool({ min: 1, max: 9, bearable: () => bearable })
    for (const key of ['a', 'b', 'c', 'd']) workers.enter(key, 0, turn(key))
    bearable = 3
    workers.resize()
    expect([begun.length, workers.workers, workers.queued]).toEqual([3, 3, 1])
    bearable = 2
    workers.resize()
    expect([begun.length, workers.workers, workers.queued]).toEqual([3, 2, 1])
  })

  it('never shrinks below its least size, however slow the API server is', () => {
    const { begun, turn } = turns()
    const workers = pool({ min: 3, max: 9, bearable: () => 1 })
    for (const key of ['a', 'b', 'c', 'd']) workers.enter(key, 0, turn(key))
    expect([begun.length, workers.workers]).toEqual([3, 3])
  })

  it('a turn that hangs holds its own place and no other', async () => {
    const { begun, turn, end } = turns()
    const workers = pool(fixed(2))
    workers.enter('hangs', 9, turn('hangs'))
    for (const key of ['a', 'b', 'c']) workers.enter(key, 0, turn(key))
    for (const key of ['a', 'b']) await end(key)
    expect(begun).toEqual(['hangs', 'a', 'b', 'c'])
  })
})
