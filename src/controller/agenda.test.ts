import { describe, expect, it } from 'vitest'
import { dice } from '../../test/builders/dice.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { ModelProcess } from '../../test/builders/process.ts'
import { Agenda } from './agenda.ts'

const YEAR = 365 * 24 * 3_600_000

function setUp() {
  const clock = new FakeClock(0)
  const due: [key: string, at: number][] = []
  const agenda = new Agenda(clock, key => due.push([key, clock.now()]))
  return { clock, due, agenda }
}

describe('the agenda', () => {
  it('calls each key at its time, in the order of times', async () => {
    const { clock, due, agenda } = setUp()
    agenda.set('c', 3000)
    agenda.set('a', 1000)
    agenda.set('b', 2000)
    await clock.advance(2500)
    expect(due).toEqual([
      ['a', 1000],
      ['b', 2000],
    ])
    await clock.advance(500)
    expect(due[2]).toEqual(['c', 3000])
  })

  it('calls a key once for each time it was set, and then not again', async () => {
    const { clock, due, agenda } = setUp()
    agenda.set('a', 1000)
    agenda.set('a', 1000)
    await clock.advance(YEAR)
    expect(due).toEqual([['a', 1000]])
    agenda.set('a', 1000)
    await clock.advance(0)
    expect(due).toHaveLength(2)
  })

  it.each<[string, readonly (number | undefined)[], number | undefined]>([
    ['later', [1000, 2000], 2000],
    ['earlier', [2000, 1000], 1000],
    ['there and back', [1000, 2000, 1000], 1000],
    ['never', [1000, undefined], undefined],
    ['after all', [1000, undefined, 3000], 3000],
    ['never, for a key that it does not know', [undefined], undefined],
  ])('only the last word on a key counts: %s', async (_, times, at) => {
    const { clock, due, agenda } = setUp()
    for (const time of times) agenda.set('a', time)
    await clock.advance(10_000)
    expect(due).toEqual(at === undefined ? [] : [['a', at]])
  })

  it('calls at once what is past', async () => {
    const { clock, due, agenda } = setUp()
    await clock.advance(5000)
    agenda.set('a', 1000)
    expect(due).toEqual([])
    await clock.advance(0)
    expect(due).toEqual([['a', 5000]])
  })

  it('looks at everything when its clock has been set back, as late as it would have, and at once when it is set ahead', async () => {
    const { clock, due, agenda } = setUp()
    agenda.set('a', 10_000)
    await clock.advance(5000)
    clock.set(2000)
    await clock.advance(4999)
    expect(due).toEqual([])
    await clock.advance(1)
    expect(due).toEqual([['a', 7000]])
    agenda.set('b', 20_000)
    clock.set(30_000)
    await clock.advance(0)
    expect(due[1]).toEqual(['b', 30_000])
  })

  it('keeps what is years ahead', async () => {
    const { clock, due, agenda } = setUp()
    agenda.set('far', 4 * YEAR)
    await clock.advance(4 * YEAR - 1)
    expect(due).toEqual([])
    await clock.advance(1)
    expect(due).toEqual([['far', 4 * YEAR]])
  })

  it('may be changed from within a call', async () => {
    const clock = new FakeClock(0)
    const due: string[] = []
    const agenda: Agenda = new Agenda(clock, key => {
      due.push(key)
      if (key === 'a') agenda.set('b', undefined)
      if (due.length < 4) agenda.set('a', clock.now() + 1000)
    })
    agenda.set('a', 1000)
    agenda.set('b', 1000)
    await clock.advance(60_000)
    expect(due).toEqual(['a', 'a', 'a', 'a'])
  })

  it('calls nothing once it is closed, not even the rest of what is due', async () => {
    const clock = new FakeClock(0)
    const due: string[] = []
    const agenda: Agenda = new Agenda(clock, key => {
      due.push(key)
      agenda.close()
    })
    for (const key of ['a', 'b', 'c']) agenda.set(key, 1000)
    await clock.advance(2000)
    agenda.set('d', 3000)
    await clock.advance(YEAR)
    expect(due).toHaveLength(1)
  })
})

describe('a clock that is set back', () => {
  it('keeps nobody waiting until it is where it was', async () => {
    const clock = new FakeClock(0)
    const process = new ModelProcess(clock, 3_600_000)
    const due: string[] = []
    const agenda = new Agenda(process, key => due.push(key))
    agenda.set('soon', process.now() + 5000)
    agenda.set('later', process.now() + 60_000)
    process.setClock(0)
    await clock.advance(4999)
    expect(due).toEqual([])
    await clock.advance(1)
    expect(due).toEqual(['soon', 'later'])
  })

  it('keeps nobody waiting either when somebody else is to be looked at even sooner', async () => {
    const clock = new FakeClock(0)
    const process = new ModelProcess(clock, 3_600_000)
    const due: string[] = []
    const agenda = new Agenda(process, key => due.push(key))
    agenda.set('soon', process.now() + 5000)
    process.setClock(0)
    agenda.set('sooner', process.now() + 1000)
    await clock.advance(5000)
    expect(due.toSorted()).toEqual(['soon', 'sooner'])
  })
})

describe('many keys', () => {
  it('of one second are called in goes of at most 500, so that others get their turn in between', async () => {
    const turns: number[] = []
    let calls = 0
    class Counting extends FakeClock {
      override at(when: number, wake: () => void): () => void {
        return super.at(when, () => {
          const before = calls
          wake()
          turns.push(calls - before)
        })
      }
    }
    const clock = new Counting(0)
    const agenda = new Agenda(clock, () => calls++)
    for (let n = 0; n < 1200; n++) agenda.set(`task-${n}`, 1000)
    // Those do not count: they only lie in the way.
    for (let n = 0; n < 200; n++) agenda.set(`task-${n}`, 500)
    await clock.advance(1000)
    expect(turns).toEqual([200, 500, 500])
  })

  it('come out as often and as late as was last said, whatever was said before', async () => {
    const { clock, due, agenda } = setUp()
    const { below } = dice(7)
    const last = new Map<string, number>()
    for (let n = 0; n < 20_000; n++) {
      const [key, when] = [`task-${below(300)}`, 1 + below(1_000_000)]
      if (below(10) === 0) {
        agenda.set(key, undefined)
        last.delete(key)
      } else {
        agenda.set(key, when)
        last.set(key, when)
      }
    }
    await clock.advance(1_000_000)
    expect(new Map(due)).toEqual(last)
    expect(due).toHaveLength(last.size)
  })
})
