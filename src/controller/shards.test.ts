import { describe, expect, it } from 'vitest'
import { dice } from '../../test/builders/dice.ts'
import { leaseServer } from '../../test/builders/lease-server.ts'
import { competeForAll, leaseName, shardOf } from './shards.ts'

/** Replicas that compete for shards; `stop` ends one in order, a link that is down as a crash does. */
function cluster() {
  const { clock, leaseCalled, linked } = leaseServer()
  /** Who leads what: `a 1/4` is the second of four shards. */
  const leading = new Set<string>()
  const overlaps: string[] = []

  function replica(name: string, shards: number) {
    const { link, leasesOf } = linked()
    const stop = new AbortController()
    const own = new Set<number>()
    const lead = async (shard: number, signal: AbortSignal) => {
      const me = `${name} ${shard}/${shards}`
      for (const other of leading) if (overlap(other, me)) overlaps.push(`${clock.now()}: ${other} and ${me}`)
      leading.add(me)
      own.add(shard)
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
      leading.delete(me)
      own.delete(shard)
    }
    const contest = { shards, name: 'rota', identity: name, leasesOf, clock, emit: () => undefined, lead }
    const ended = competeForAll(contest, stop.signal)
    return { link, stop, own, ended }
  }
  return { clock, lease: leaseCalled, leading, overlaps, replica }
}

const NAMESPACES = Array.from({ length: 200 }, (_, n) => `team-${n}`)

/** Whether two leaders have a namespace in common. */
function overlap(one: string, other: string): boolean {
  const serves = (leader: string) => {
    const [, shard = 0, shards = 1] = (/ (\d+)\/(\d+)$/.exec(leader) ?? []).map(Number)
    return NAMESPACES.filter(name => shardOf(name, shards) === shard)
  }
  const mine = new Set(serves(one))
  return serves(other).some(name => mine.has(name))
}

describe('the shard of a namespace', () => {
  it('is one of so many, about as many namespaces in each', () => {
    const sizes = [0, 1, 2, 3].map(shard => NAMESPACES.filter(name => shardOf(name, 4) === shard).length)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(NAMESPACES.length)
    for (const size of sizes) expect(size).toBeGreaterThan(30)
  })

  it('is always the only one where there is one', () => {
    expect(new Set(NAMESPACES.map(name => shardOf(name, 1)))).toEqual(new Set([0]))
  })
})

describe('replicas', () => {
  it('a single one takes all shards within a second', async () => {
    const { clock, replica } = cluster()
    const { own } = replica('a', 8)
    await clock.advance(2500)
    expect(own.size).toBe(8)
  })

  it.each([
    [2, 8, 4],
    [3, 9, 3],
    [4, 4, 1],
  ])('%i that start together share %i shards', async (count, shards, each) => {
    const { clock, replica } = cluster()
    const replicas = Array.from({ length: count }, (_, n) => replica(`r${n}`, shards))
    await clock.advance(5000)
    for (const { own } of replicas) expect(Math.abs(own.size - each)).toBeLessThanOrEqual(1)
    expect(replicas.reduce((sum, { own }) => sum + own.size, 0)).toBe(shards)
  })

  it('take over what one of them releases within a second and a half, and what one loses within ten', async () => {
    const { clock, replica, overlaps } = cluster()
    const [a, b, c] = ['a', 'b', 'c'].map(name => replica(name, 6))
    await clock.advance(5000)
    a?.stop.abort()
    await clock.advance(1500)
    expect((b?.own.size ?? 0) + (c?.own.size ?? 0)).toBe(6)
    if (b) b.link.up = false
    await clock.advance(10_000)
    expect(c?.own.size).toBe(6)
    expect(overlaps).toEqual([])
  })
})

describe('a rolling update to another number of shards', () => {
  it.each([
    [1, 4],
    [4, 1],
    [2, 3],
  ])('from %i to %i never has two leaders of a namespace', async (from, to) => {
    const { clock, replica, overlaps, leading } = cluster()
    const old = ['a', 'b'].map(name => replica(name, from))
    await clock.advance(10_000)
    const young = ['c', 'd'].map(name => replica(name, to))
    await clock.advance(10_000)
    for (const { stop, ended } of old) {
      stop.abort()
      await ended
      await clock.advance(15_000)
    }
    expect(overlaps).toEqual([])
    expect(young.reduce((sum, { own }) => sum + own.size, 0)).toBe(to)
    expect(leading.size).toBe(to)
  })

  it('waits until those are gone that cannot hear of it', async () => {
    const { clock, replica, overlaps } = cluster()
    const a = replica('a', 2)
    await clock.advance(5000)
    replica('b', 1)
    a.link.up = false
    await clock.advance(60_000)
    expect([a.own.size, overlaps]).toEqual([0, []])
  })

  it('waits for as long, however the wall clock is set meanwhile', async () => {
    const { clock, lease, replica, overlaps } = cluster()
    const old = { a: replica('a', 2), b: replica('b', 2) }
    await clock.advance(10_000)
    replica('c', 1)
    const [first, other] = lease('rota').holder === 'a' ? [old.a, old.b] : [old.b, old.a]
    first.stop.abort()
    await first.ended
    other.link.up = false
    for (let n = 0; n < 100; n++) {
      clock.set(clock.now() + 3_600_000)
      await clock.advance(100)
    }
    expect(overlaps).toEqual([])
    expect(lease('rota')).toMatchObject({ holder: 'c', layout: '1' })
  })

  it('counts a lease that says nothing as one of a single shard', async () => {
    const { clock, lease, replica } = cluster()
    Object.assign(lease('rota'), { version: 7, holder: '' })
    const { own } = replica('a', 1)
    await clock.advance(0)
    expect(own.size).toBe(1)
    expect(lease('rota').layout).toBe('1')
  })

  it.each([1, 2, 3, 4, 5, 6])('whatever happens to the network, seed %i', async seed => {
    const { clock, replica, overlaps } = cluster()
    const { below, of } = dice(seed)
    const counts = { a: 1, b: 2, c: 2, d: 3 }
    const replicas = Object.entries(counts).map(([name, shards]) => replica(name, shards))
    for (let n = 0; n < 200; n++) {
      const { link } = of(replicas)
      link.up = below(3) > 0
      link.delay = of([0, 0, 0, 20, 300, 3000])
      link.loseAnswers = below(6) === 0
      await clock.advance(below(6000))
    }
    expect(overlaps).toEqual([])
  })
})

it('the first lease has the plain name, so that any two numbers of shards compete for it', () => {
  expect([0, 1, 2].map(shard => leaseName('rota', shard))).toEqual(['rota', 'rota-1', 'rota-2'])
})
