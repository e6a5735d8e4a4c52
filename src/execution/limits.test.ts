import { describe, expect, it } from 'vitest'
import { excess, type Limits } from './limits.ts'

describe('a plan is refused when it would change more than it may', () => {
  it.each<[Limits, number, number, string | undefined]>([
    [{}, 1000, 1000, undefined],
    [{ objects: 3 }, 3, 10, undefined],
    [{ objects: 3 }, 4, 10, 'would change 4 objects, and spec.maxAffected.objects is 3'],
    [{ objects: 0 }, 0, 10, undefined],
    [{ objects: 0 }, 1, 10, 'would change 1 object, and spec.maxAffected.objects is 0'],
    [{ percent: 50 }, 5, 10, undefined],
    [{ percent: 50 }, 5, 11, undefined],
    [{ percent: 50 }, 6, 11, 'would change 6 of 11 objects, and spec.maxAffected.percent is 50, which is 5'],
    [{ percent: 10 }, 1, 9, 'would change 1 of 9 objects, and spec.maxAffected.percent is 10, which is 0'],
    [{ percent: 100 }, 9, 9, undefined],
    [
      { objects: 20, percent: 10 },
      15,
      100,
      'would change 15 of 100 objects, and spec.maxAffected.percent is 10, which is 10',
    ],
  ])('%j: %i of %i', (limits, affected, total, refusal) => {
    expect(excess(limits, affected, total)).toBe(refusal)
  })
})
