import { describe, expect, it } from 'vitest'
import { dice } from '../../test/builders/dice.ts'
import { Heap } from './heap.ts'

const numbers = () => new Heap<number>((a, b) => a < b)

describe('a heap', () => {
  it('is empty at first', () => {
    const heap = numbers()
    expect([heap.size, heap.peek(), heap.pop(), heap.size]).toEqual([0, undefined, undefined, 0])
  })

  it('gives back the least first, equal ones as often as they came', () => {
    const heap = numbers()
    for (const n of [3, 1, 2, 1, 3, 0]) heap.push(n)
    expect(heap.peek()).toBe(0)
    expect(Array.from({ length: 6 }, () => heap.pop())).toEqual([0, 1, 1, 2, 3, 3])
  })

  it('orders by what it is told', () => {
    const heap = new Heap<string>((a, b) => a.length > b.length)
    for (const text of ['a', 'ccc', 'bb']) heap.push(text)
    expect([heap.pop(), heap.pop(), heap.pop()]).toEqual(['ccc', 'bb', 'a'])
  })

  it('agrees with sorting, whatever the order of pushes and pops', () => {
    const chance = dice(1)
    const heap = numbers()
    const sorted: number[] = []
    for (let n = 0; n < 5000; n++) {
      if (chance.below(3) > 0) {
        const value = chance.below(100)
        heap.push(value)
        sorted.push(value)
        sorted.sort((a, b) => a - b)
      } else expect(heap.pop()).toBe(sorted.shift())
      expect(heap.size).toBe(sorted.length)
      expect(heap.peek()).toBe(sorted[0])
    }
  })
})
