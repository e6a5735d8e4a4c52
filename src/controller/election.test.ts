import { describe, expect, it } from 'vitest'
import { dice } from '../../test/builders/dice.ts'
import { leaseServer } from '../../test/builders/lease-server.ts'
import type { Fact } from '../api/facts.ts'
import { pause } from '../lib/clock.ts'
import { compete, type Term } from './election.ts'

interface Options {
  /** How long the work takes to end. */
  readonly windDown?: number
  readonly lead?: Term['lead']
}

/** One lease, as the API server keeps it, and who leads. */
function cluster() {
  const { clock, leaseCalled, linked } = leaseServer()
  const lease = leaseCalled('rota')
  const leading = new Set<string>()
  /** `time who +` begins to lead, `time who -` has ended. */
  const story: string[] = []
  let most = 0

  function candidate(name: string, { windDown = 0, lead }: Options = {}) {
    const { link, leasesOf } = linked()
    const stop = new AbortController()
    const facts: Fact[] = []
    const work = async (signal: AbortSignal) => {
      leading.add(name)
      most = Math.max(most, leading.size)
      story.push(`${clock.now()} ${name} +`)
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
      if (windDown > 0) await pause(clock, windDown)
      leading.delete(name)
      story.push(`${clock.now()} ${name} -`)
    }
    const about = { name: 'rota', identity: name, leases: leasesOf('rota'), clock }
    const ended = compete({ ...about, emit: fact => facts.push(fact), lead: lead ?? work }, stop.signal)
    return { link, stop, facts, ended }
  }
  return { clock, lease, leading, story, candidate, most: () => most }
}

describe('a candidate', () => {
  it('leads at once when the lease is free, and keeps it', async () => {
    const { clock, lease, story, candidate } = cluster()
    candidate('a')
    await clock.advance(60_000)
    expect(story).toEqual(['0 a +'])
    expect(lease).toMatchObject({ holder: 'a', duration: 8 })
    expect(lease.version).toBeGreaterThan(25)
  })

  it('waits while another one renews, and says the same thing once', async () => {
    const { clock, story, candidate } = cluster()
    candidate('a')
    const { facts } = candidate('b')
    await clock.advance(60_000)
    expect(story).toEqual(['0 a +'])
    expect(facts.length).toBeLessThanOrEqual(1)
  })

  it('takes over when a lease has not changed for eight seconds, as seen from here', async () => {
    const { clock, lease, story, candidate } = cluster()
    Object.assign(lease, { version: 7, holder: 'dead' })
    candidate('a')
    await clock.advance(8000)
    expect(story).toEqual([])
    await clock.advance(1000)
    expect(story).toEqual(['8500 a +'])
  })

  it('does not hold it against itself that it led before', async () => {
    const { clock, lease, story, candidate } = cluster()
    Object.assign(lease, { version: 7, holder: 'a' })
    candidate('a')
    await clock.advance(0)
    expect(story).toEqual(['0 a +'])
  })

  it('goes by the monotonic clock when the wall clock is set', async () => {
    const { clock, lease, story, candidate } = cluster()
    Object.assign(lease, { version: 7, holder: 'dead' })
    candidate('a')
    await clock.advance(1000)
    clock.set(1_000_000)
    await clock.advance(3000)
    expect(story).toEqual([])
  })

  it('and when it is set back: it leads on, and looks for the lease as before', async () => {
    const { clock, story, lease, candidate } = cluster()
    candidate('a')
    candidate('b')
    await clock.advance(10_500)
    clock.set(-3_600_000)
    const { version } = lease
    await clock.advance(20_000)
    expect(story).toEqual(['0 a +'])
    expect(lease.version).toBeGreaterThan(version + 7)
  })

  it('survives a race for the lease', async () => {
    const { clock, leading, candidate, most } = cluster()
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) candidate(name)
    await clock.advance(20_000)
    expect([leading.size, most()]).toEqual([1, 1])
  })

  it('tries again when the API server is away', async () => {
    const { clock, story, candidate } = cluster()
    const { link, facts } = candidate('a')
    link.up = false
    await clock.advance(30_000)
    link.up = true
    await clock.advance(1000)
    expect(story).toHaveLength(1)
    expect(facts).toEqual([
      { fact: 'Leading', name: 'rota', leading: false, message: 'not leading: transient' },
      { fact: 'Leading', name: 'rota', leading: true, message: 'leading (a)' },
    ])
  })
})

describe('a leader', () => {
  it('that cannot renew for five seconds ends its work before anybody takes over', async () => {
    const { clock, story, candidate, most } = cluster()
    const { link } = candidate('a')
    candidate('b')
    await clock.advance(10_500)
    link.up = false
    await clock.advance(30_000)
    const [, lost, taken] = story
    expect(lost).toMatch(/^1[56]\d{3} a -$/)
    expect(taken).toMatch(/^(18|19|20)\d{3} b \+$/)
    expect([story.length, most()]).toEqual([3, 1])
  })

  it('that has stood still knows by the clock that it does not hold the lease any more, before any timer says so', async () => {
    const { clock, candidate } = cluster()
    const said: string[] = []
    const { link } = candidate('a', {
      async lead(signal, lost, holds) {
        link.up = false
        said.push(`${holds()}`)
        clock.standStill(5001)
        said.push(`${lost.aborted} ${holds()} ${lost.aborted} ${signal.aborted}`)
      },
    })
    await clock.advance(1)
    expect(said).toEqual(['true', 'false false true true'])
  })

  it('loses it while a request gets no answer', async () => {
    const { clock, story, candidate } = cluster()
    const { link } = candidate('a')
    await clock.advance(10_500)
    link.delay = 60_000
    await clock.advance(7000)
    expect(story[1]).toMatch(/^1[56]\d{3} a -$/)
  })

  it('outlives four seconds without the API server', async () => {
    const { clock, story, candidate } = cluster()
    const { link } = candidate('a')
    candidate('b')
    await clock.advance(10_500)
    link.up = false
    await clock.advance(4000)
    link.up = true
    await clock.advance(30_000)
    expect(story).toEqual(['0 a +'])
  })

  it('outlives a renewal whose answer is lost', async () => {
    const { clock, story, candidate } = cluster()
    const { link } = candidate('a')
    await clock.advance(10_500)
    link.loseAnswers = true
    await clock.advance(3000)
    link.loseAnswers = false
    await clock.advance(30_000)
    expect(story).toEqual(['0 a +'])
  })

  it('ends its work at once when somebody else holds the lease', async () => {
    const { clock, lease, story, candidate } = cluster()
    candidate('a')
    await clock.advance(10_500)
    Object.assign(lease, { version: lease.version + 1, holder: 'intruder' })
    await clock.advance(2000)
    expect(story[1]).toBe('12000 a -')
    expect(lease.holder).toBe('intruder')
  })

  it('that stops releases the lease, and the next one leads at once', async () => {
    const { clock, lease, story, candidate } = cluster()
    const a = candidate('a')
    candidate('b')
    await clock.advance(10_500)
    a.stop.abort()
    await a.ended
    expect(lease.holder).toBe('')
    await clock.advance(1000)
    expect(story).toEqual(['0 a +', '10500 a -', '11000 b +'])
    expect(a.facts.at(-1)).toMatchObject({ leading: false, message: 'stopped leading' })
  })

  it('keeps the lease until its work has ended, and releases it only then', async () => {
    const { clock, lease, story, candidate, most } = cluster()
    const a = candidate('a', { windDown: 20_000 })
    candidate('b')
    await clock.advance(10_500)
    a.stop.abort()
    await clock.advance(19_999)
    expect(lease.holder).toBe('a')
    await clock.advance(2000)
    expect(story).toEqual(['0 a +', '30500 a -', '30500 b +'])
    expect(most()).toBe(1)
  })

  it('that loses the lease while it stops is told so, and there is no more time', async () => {
    const { clock, candidate } = cluster()
    const told: string[] = []
    const a = candidate('a', {
      lead: (signal, lost) =>
        new Promise(resolve => {
          signal.addEventListener('abort', () => told.push(`${clock.now()} end`))
          lost.addEventListener('abort', () => {
            told.push(`${clock.now()} at once`)
            resolve()
          })
        }),
    })
    await clock.advance(10_500)
    a.stop.abort()
    await clock.advance(5000)
    a.link.up = false
    await clock.advance(7000)
    expect(told).toEqual(['10500 end', expect.stringMatching(/^(19|20)\d{3} at once$/)])
    await a.ended
  })

  it('whose work breaks says so and leads again', async () => {
    const { clock, candidate } = cluster()
    let times = 0
    const { facts } = candidate('a', {
      lead: async () => {
        if (++times < 3) throw new Error('broken')
        await pause(clock, 60_000)
      },
    })
    await clock.advance(10_000)
    expect(times).toBe(3)
    expect(facts).toMatchObject([
      { leading: true },
      { leading: false, message: 'not leading: broken' },
      { leading: true },
      { leading: false },
      { leading: true },
    ])
  })
})

it.each([1, 2, 3, 4, 5, 6, 7, 8])('never do two lead at once, whatever happens to the network, seed %i', async seed => {
  const { clock, story, candidate, most } = cluster()
  const { below, of } = dice(seed)
  const candidates = ['a', 'b', 'c'].map(name => candidate(name, { windDown: below(1000) }))
  for (let n = 0; n < 300; n++) {
    const { link } = of(candidates)
    link.up = below(3) > 0
    link.delay = of([0, 0, 0, 20, 300, 3000, 7000])
    link.loseAnswers = below(6) === 0
    await clock.advance(below(6000))
  }
  expect(most()).toBe(1)
  expect(story.length).toBeGreaterThan(10)
  for (const { link } of candidates) Object.assign(link, { up: true, delay: 0, loseAnswers: false })
  await clock.advance(40_000)
  const before = story.length
  await clock.advance(60_000)
  expect(story.slice(before)).toEqual([])
  expect(story.at(-1)).toMatch(/\+$/)
})
