import { describe, expect, it } from 'vitest'
import { hashFraction, shortHash } from './hash.ts'

describe('a short hash', () => {
  it('is 16 hex digits that never change from release to release', () => {
    expect(shortHash('uid', 'sleep', 'Schedule', '2026-01-05T20:00:00Z')).toBe('10fd5f6a210c5a77')
  })

  it.each([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [['a'], ['a', '']],
    [[], ['']],
    [['1:a;'], ['a']],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
  ])('tells %j and %j apart', (left, right) => {
    expect(shortHash(...left)).not.toBe(shortHash(...right))
  })
})

describe('a fraction by hash', () => {
  it('depends on nothing but the parts', () => {
    expect(hashFraction('a', '1')).toBe(hashFraction('a', '1'))
    expect(hashFraction('a', '1')).not.toBe(hashFraction('a', '2'))
  })

  it('lies in [0, 1), spread evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let n = 0; n < 10_000; n++) {
      const fraction = hashFraction('task', String(n))
      expect(fraction >= 0 && fraction < 1).toBe(true)
      const tenth = Math.floor(fraction * 10)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    for (const n of tenths) expect(n).toSatisfy((many: number) => many > 850 && many < 1150)
  })
})
