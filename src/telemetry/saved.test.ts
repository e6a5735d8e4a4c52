import { describe, expect, it } from 'vitest'
import { type Sleeper, savedByCostCenter } from './saved.ts'

const GIB = 2 ** 30
const sleeper = (costCenter: string, cpuMillicores: number, memoryBytes = 0): Sleeper => {
  return { costCenter, cpuMillicores, memoryBytes }
}

describe('what sleeping saves now', () => {
  it('is summed by cost center, in cores and bytes', () => {
    const saved = savedByCostCenter([sleeper('cc-1', 1500, GIB), sleeper('cc-2', 250), sleeper('cc-1', 500, GIB)])
    expect([...saved]).toEqual([
      ['cc-1', { cores: 2, bytes: 2 * GIB }],
      ['cc-2', { cores: 0.25, bytes: 0 }],
    ])
  })

  it('is 0, and not absent, while nothing sleeps', () => {
    expect([...savedByCostCenter([sleeper('', 0)])]).toEqual([['', { cores: 0, bytes: 0 }]])
  })

  it('has at most a hundred cost centers, and the sum of all others', () => {
    const many = Array.from({ length: 130 }, (_, index) => sleeper(`cc-${String(index).padStart(3, '0')}`, 1000))
    const saved = savedByCostCenter(many.toReversed())
    expect(saved.size).toBe(101)
    expect(saved.get('cc-099')).toEqual({ cores: 1, bytes: 0 })
    expect(saved.get('other')).toEqual({ cores: 30, bytes: 0 })
  })
})
