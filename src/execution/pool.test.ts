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

describe('the pool', () => {
  it('has so many turns at once, and no more', async () => {
    const { begun, turn, end } = turns()
    const workers = pool(2)
    for (const key of ['a', 'b', 'c']) workers.enter(key, 0, turn(key))
    expect([begun, workers.queued, workers.workers]).toEqual([['a', 'b'], 1, 2])
    await end('a')
    expect([begun, workers.queued]).toEqual([['a', 'b', 'c'], 0])
  })

  it('takes the highest rank first, and of the same rank who came first', async () => {
    const { begun, turn, end } = turns()
    const workers = pool(1)
    const ranks = { first: 0, low: -5, old: 3, high: 9, young: 3 }
    for (const [key, rank] of Object.entries(ranks)) workers.enter(key, rank, turn(key))
    for (const key of ['first', 'high', 'old', 'young', 'low']) await end(key)
    expect(begun).toEqual(['first', 'high', 'old', 'young', 'low'])
  })

  it('once closed begins nothing further and waits for what is under way', async () => {
    const { begun, turn, end } = turns()
    const workers = pool(1)
    workers.enter('a', 0, turn('a'))
    workers.enter('b', 0, turn('b'))
    let closed = false
    const closing = workers.close().then(() => {
      closed = true
    })
    workers.enter('c', 0, turn('c'))
    await Promise.resolve()
    expect([workers.closed, closed]).toEqual([true, false])
    await end('a')
    await closing
    expect([begun, closed]).toEqual([['a'], true])
  })
})
