import { describe, expect, it } from 'vitest'
import { dice } from '../../test/builders/dice.ts'
import { type Lined, lineUp } from './line-up.ts'

/** `b 2 x y`: run of task b, slot 2, needs x and y. */
function lined(text: string): Lined {
  const [key = '', slot, ...namespaces] = text.split(' ')
  return { key, uid: `uid-${key}`, slotTime: Number(slot), namespaces }
}

function keys(waiting: readonly string[], held: Readonly<Record<string, string>> = {}) {
  const { admitted, blocked } = lineUp(waiting.map(lined), new Map(Object.entries(held)))
  return {
    admitted: admitted.map(({ key }) => key),
    blocked: Object.fromEntries([...blocked].map(([key, { by, namespace }]) => [key, `${by} in ${namespace}`])),
  }
}

describe('the line before the namespaces', () => {
  it.each<
    [string, readonly string[], Readonly<Record<string, string>>, readonly string[], Readonly<Record<string, string>>]
  >([
    ['nobody waits', [], { x: 'a' }, [], {}],
    ['a free namespace is taken at once', ['a 1 x'], {}, ['a'], {}],
    ['one that is held is waited for', ['b 1 x'], { x: 'a' }, [], { b: 'a in x' }],
    ['different namespaces do not hinder each other', ['a 1 x', 'b 1 y'], {}, ['a', 'b'], {}],
    ['the older slot goes first', ['a 2 x', 'b 1 x'], {}, ['b'], { a: 'b in x' }],
    ['of one slot the lower uid goes first', ['b 1 x', 'a 1 x', 'c 1 x'], {}, ['a'], { b: 'a in x', c: 'a in x' }],
    ['all namespaces or none', ['a 1 x y'], { y: 'h' }, [], { a: 'h in y' }],
    [
      'nobody overtakes whoever waits for another one',
      ['a 1 x y', 'b 2 x'],
      { y: 'h' },
      [],
      { a: 'h in y', b: 'a in x' },
    ],
    [
      'nor does anybody behind those',
      ['a 1 x y', 'b 2 x z', 'c 3 z'],
      { y: 'h' },
      [],
      { a: 'h in y', b: 'a in x', c: 'b in z' },
    ],
    ['whoever needs none of theirs goes past', ['a 1 x y', 'b 2 z'], { y: 'h' }, ['b'], { a: 'h in y' }],
    ['no namespace, no waiting', ['a 1', 'b 1'], { x: 'h' }, ['a', 'b'], {}],
    ['a namespace that is named twice is one', ['a 1 x x'], {}, ['a'], {}],
  ])('%s', (_, waiting, held, admitted, blocked) => {
    expect(keys(waiting, held)).toEqual({ admitted, blocked })
    expect(keys(waiting.toReversed(), held)).toEqual({ admitted, blocked })
  })

  it('leaves what is held as it was', () => {
    const held = new Map([['x', 'a']])
    lineUp([lined('b 1 y')], held)
    expect([...held]).toEqual([['x', 'a']])
  })

  it('lets everybody through in the order of their slots in each namespace, and never two at once', () => {
    const { below, of } = dice(3)
    for (let round = 0; round < 50; round++) {
      const waiting = new Map<string, Lined>()
      for (let n = 0; n < 20; n++) {
        const namespaces = [...new Set([of(['x', 'y', 'z']), of(['x', 'y', 'z', 'w'])])]
        waiting.set(`${n}`, { key: `${n}`, uid: `uid-${n}`, slotTime: below(10), namespaces })
      }
      const held = new Map<string, string>()
      const working: Lined[] = []
      const slots = new Map<string, number>()
      while (waiting.size > 0 || working.length > 0) {
        for (const run of lineUp(waiting.values(), held).admitted) {
          for (const name of run.namespaces) {
            expect(held.has(name)).toBe(false)
            expect(slots.get(name) ?? 0).toBeLessThanOrEqual(run.slotTime)
            held.set(name, run.key)
            slots.set(name, run.slotTime)
          }
          waiting.delete(run.key)
          working.push(run)
        }
        expect(working).not.toEqual([])
        const [done] = working.splice(below(working.length), 1)
        for (const name of done?.namespaces ?? []) held.delete(name)
      }
    }
  })
})
