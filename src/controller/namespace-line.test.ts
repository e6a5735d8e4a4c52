import { describe, expect, it } from 'vitest'
import { dice } from '../../test/builders/dice.ts'
import type { RunRef } from '../decide/run.ts'
import { NamespaceLine } from './namespace-line.ts'

const run = (id: string, slotTime: number, ...namespaces: readonly string[]): RunRef => ({
  id,
  operation: 'restart',
  reason: 'Schedule',
  slotTime,
  due: slotTime,
  namespaces,
})

function setUp() {
  const admitted: string[] = []
  const blocked: string[] = []
  const line = new NamespaceLine(
    key => admitted.push(key),
    (key, since) => blocked.push(`${key} since ${since}`),
  )
  const stand = (key: string, of: RunRef, now = 0) =>
    line.stand({ key, uid: `uid-${key}`, run: of, namespaces: of.namespaces }, now)
  return { line, stand, admitted, blocked }
}

describe('who stands in line', () => {
  it('gets in by the order of slots, not of coming, when all come at once', async () => {
    const { line, stand, admitted } = setUp()
    stand('b', run('b', 2, 'x'))
    stand('a', run('a', 1, 'x'))
    expect(admitted).toEqual([])
    await Promise.resolve()
    expect([admitted, line.size]).toEqual([['a'], 1])
    line.release('a', ['x'])
    await Promise.resolve()
    expect([admitted, line.size]).toEqual([['a', 'b'], 0])
  })

  it('is told what it waits for, and since when', async () => {
    const { line, stand, blocked } = setUp()
    stand('x/a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('x/b', run('b', 2, 'x'), 5)
    stand('x/b', run('b', 2, 'x'), 9)
    stand('y/c', run('c', 3, 'x'), 9)
    await Promise.resolve()
    expect(blocked).toEqual(['x/b since 5', 'y/c since 9'])
    expect(line.heldBack('x/b')).toEqual({ since: 5, message: 'waiting: x is busy with x/a' })
    const unnamed = 'waiting: x is busy with a task of another namespace'
    expect(line.heldBack('y/c')).toEqual({ since: 9, message: unnamed })
    expect([line.heldBack('x/a'), line.heldBack('none')]).toEqual([undefined, undefined])
    line.release('x/a', ['x'])
    await Promise.resolve()
    expect(line.heldBack('x/b')).toBeUndefined()
  })

  it('does not wait for the end of a namespace to wake what is in it; all others do', async () => {
    const { line, stand, admitted } = setUp()
    stand('end', { ...run('end', 1, 'x', 'y'), operation: 'deleteNamespace' })
    await Promise.resolve()
    stand('scale', run('scale', 2, 'x'))
    stand('wake', { ...run('wake', 3, 'y', 'z'), operation: 'wake' })
    stand('other', run('other', 4, 'z'))
    await Promise.resolve()
    expect(admitted).toEqual(['end', 'wake'])
    line.release('wake', ['y', 'z'])
    await Promise.resolve()
    expect(admitted).toEqual(['end', 'wake', 'other'])
    stand('late', run('late', 5, 'y'))
    await Promise.resolve()
    expect(line.heldBack('late')?.message).toMatch(/^waiting: y is busy with /)
    line.release('end', ['x', 'y'])
    await Promise.resolve()
    expect(admitted.slice(3)).toEqual(['scale', 'late'])
  })

  it('keeps its place although a request is dated afresh each time it is looked at', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('request', run('r', 10, 'x'))
    stand('b', run('b', 20, 'x'))
    stand('request', run('r', 30, 'x'))
    line.release('a', ['x'])
    await Promise.resolve()
    expect(admitted).toEqual(['a', 'request'])
  })

  it('takes the place of its new run when that is another one', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('c', run('c-1', 10, 'x'))
    stand('b', run('b', 20, 'x'))
    stand('c', run('c-2', 30, 'x'))
    line.release('a', ['x'])
    await Promise.resolve()
    expect(admitted).toEqual(['a', 'b'])
  })

  it('makes way for those behind when it leaves', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('b', run('b', 2, 'x', 'y'))
    stand('c', run('c', 3, 'y'))
    await Promise.resolve()
    expect(admitted).toEqual(['a'])
    line.leave('b')
    await Promise.resolve()
    expect(admitted).toEqual(['a', 'c'])
  })

  it('waits for what is kept, although nobody works there, until it is let go', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    line.keep('a', ['x'])
    stand('b', run('b', 2, 'x'))
    line.letGo('b')
    await Promise.resolve()
    expect([admitted, line.keeps('a'), line.keeps('b')]).toEqual([['a'], true, false])
    line.letGo('a')
    await Promise.resolve()
    expect([admitted, line.keeps('a')]).toEqual([['a', 'b'], false])
  })

  it('does not get in by what is not its own to release', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    await Promise.resolve()
    stand('b', run('b', 2, 'x'))
    line.release('c', ['x'])
    await Promise.resolve()
    expect(admitted).toEqual(['a'])
  })

  it('does not get in any more once the line is closed', async () => {
    const { line, stand, admitted } = setUp()
    stand('a', run('a', 1, 'x'))
    line.clear()
    await Promise.resolve()
    expect([admitted, line.size]).toEqual([[], 0])
  })
})

describe('the order', () => {
  /** `b 2 x y`: run of task b, slot 2, needs x and y. They come when those who hold something have got it. */
  async function lined(waiting: readonly string[], held: Readonly<Record<string, string>>) {
    const { line, stand, admitted } = setUp()
    for (const [namespace, key] of Object.entries(held)) stand(key, run(key, 0, namespace))
    await Promise.resolve()
    const keys = waiting.map(text => {
      const [key = '', slot, ...namespaces] = text.split(' ')
      stand(key, run(key, Number(slot), ...namespaces))
      return key
    })
    await Promise.resolve()
    const message = (key: string) =>
      line.heldBack(key)?.message.replace(/^waiting: (.*) is busy with (.*)$/, '$2 in $1')
    const blocked = keys.flatMap(key => (message(key) === undefined ? [] : [[key, message(key)]]))
    return { admitted: admitted.slice(Object.keys(held).length), blocked: Object.fromEntries(blocked) }
  }

  it.each<
    [string, readonly string[], Readonly<Record<string, string>>, readonly string[], Readonly<Record<string, string>>]
  >([
    ['nobody waits', [], { x: '/a' }, [], {}],
    ['a free namespace is taken at once', ['/a 1 x'], {}, ['/a'], {}],
    ['one that is held is waited for', ['/b 1 x'], { x: '/a' }, [], { '/b': '/a in x' }],
    ['different namespaces do not hinder each other', ['/a 1 x', '/b 1 y'], {}, ['/a', '/b'], {}],
    ['the older slot goes first', ['/a 2 x', '/b 1 x'], {}, ['/b'], { '/a': '/b in x' }],
    [
      'of one slot the lower uid goes first',
      ['/b 1 x', '/a 1 x', '/c 1 x'],
      {},
      ['/a'],
      { '/b': '/a in x', '/c': '/a in x' },
    ],
    ['all namespaces or none', ['/a 1 x y'], { y: '/h' }, [], { '/a': '/h in y' }],
    [
      'nobody overtakes whoever waits for another one',
      ['/a 1 x y', '/b 2 x'],
      { y: '/h' },
      [],
      { '/a': '/h in y', '/b': '/a in x' },
    ],
    [
      'nor does anybody behind those',
      ['/a 1 x y', '/b 2 x z', '/c 3 z'],
      { y: '/h' },
      [],
      { '/a': '/h in y', '/b': '/a in x', '/c': '/b in z' },
    ],
    ['whoever needs none of theirs goes past', ['/a 1 x y', '/b 2 z'], { y: '/h' }, ['/b'], { '/a': '/h in y' }],
    ['no namespace, no waiting', ['/a 1', '/b 1'], { x: '/h' }, ['/a', '/b'], {}],
    ['a namespace that is named twice is one', ['/a 1 x x'], {}, ['/a'], {}],
  ])('%s', async (_, waiting, held, admitted, blocked) => {
    expect(await lined(waiting, held)).toEqual({ admitted, blocked })
    expect(await lined(waiting.toReversed(), held)).toEqual({ admitted, blocked })
  })

  it('is always that of all who wait, the older slot first, whoever comes, moves, leaves or has done', async () => {
    const { below, of } = dice(3)
    for (let round = 0; round < 50; round++) {
      const { line, stand, admitted } = setUp()
      const waiting = new Map<string, RunRef>()
      const held = new Map<string, string>()
      for (let step = 0; step < 60; step++) {
        const key = `${below(20)}`
        const isAtWork = [...held.values()].includes(key)
        if (below(3) === 0 && held.size > 0) {
          const done = of([...held.values()])
          line.release(
            done,
            [...held].flatMap(([name, by]) => (by === done ? [name] : [])),
          )
          for (const [name, by] of held) if (by === done) held.delete(name)
        } else if (below(6) === 0) {
          line.leave(key)
          waiting.delete(key)
        } else if (!isAtWork) {
          const namespaces = [...new Set([of(['x', 'y', 'z']), of(['x', 'y', 'z', 'w'])])]
          const stands = run(`${step}`, below(10), ...namespaces)
          stand(key, stands)
          waiting.set(key, stands)
        }
        await Promise.resolve()
        const expected = nextOf(waiting, held)
        expect(admitted.splice(0)).toEqual(expected)
        for (const one of expected) {
          for (const name of waiting.get(one)?.namespaces ?? []) held.set(name, one)
          waiting.delete(one)
        }
        expect(line.size).toBe(waiting.size)
      }
    }
  })

  /** The rule as one says it: in order, and whoever cannot get all of its namespaces keeps them from those behind it. */
  function nextOf(waiting: ReadonlyMap<string, RunRef>, held: ReadonlyMap<string, string>): readonly string[] {
    const taken = new Set(held.keys())
    const inOrder = [...waiting].sort(
      ([a, { slotTime: one }], [b, { slotTime: other }]) => one - other || (`uid-${a}` < `uid-${b}` ? -1 : 1),
    )
    return inOrder.flatMap(([key, { namespaces }]) => {
      const isFree = namespaces.every(name => !taken.has(name))
      for (const name of namespaces) taken.add(name)
      return isFree ? [key] : []
    })
  }
})
