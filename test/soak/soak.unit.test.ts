import { describe, expect, it } from 'vitest'
import { dice } from '../builders/dice.ts'
import { findingsOf, type Sample, seriesIn, tableOf } from './measures.ts'
import { slopeOf } from './slope.ts'

const { below } = dice(7)
/** Plus or minus one. */
const noise = () => below(2001) / 1000 - 1

describe('a slope', () => {
  it('of a straight line is found exactly', () => {
    expect(slopeOf([0, 1, 2, 3].map(x => [x, 5 + 2 * x]))).toEqual({ slope: 2, margin: 0 })
  })

  it('of noise may be none, and that of noise on a line is within its margin', () => {
    const points = Array.from({ length: 300 }, (_, x) => [x, noise()] as const)
    const flat = slopeOf(points, 5)
    expect(Math.abs(flat.slope)).toBeLessThan(flat.margin)
    const rising = slopeOf(
      points.map(([x, y]) => [x, y + x / 10] as const),
      5,
    )
    expect(Math.abs(rising.slope - 0.1)).toBeLessThan(rising.margin)
    expect(rising.slope - rising.margin).toBeGreaterThan(0.09)
  })

  it('of less than three points is not known', () => {
    expect(
      slopeOf([
        [0, 1],
        [1, 2],
      ]).margin,
    ).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('the verdict', () => {
  /** Ten minutes, a sample each 5 s; the heap grows by so many MiB an hour, after a warm-up that does not count. */
  const samples = (growth: number): readonly Sample[] =>
    Array.from({ length: 120 }, (_, n) => {
      const warm = n < 60 ? n : 60 + (growth * (n * 5)) / 3600
      const values = {
        nodejs_heap_size_used_bytes: (warm + noise() / 10) * 2 ** 20,
        process_resident_memory_bytes: (200 + noise()) * 2 ** 20,
        nodejs_external_memory_bytes: 2 ** 20,
        process_open_fds: 30 + Math.round(noise()),
        nodejs_active_resources: 12,
        nodejs_eventloop_lag_p99_seconds: 0.01 + noise() / 1000,
      }
      return { at: n * 5, values: new Map(Object.entries(values)) }
    })
  const verdicts = (growth: number) => findingsOf(samples(growth), 4).map(({ verdict }) => verdict)

  it('is flat when nothing grows after the warm-up', () => {
    expect(verdicts(0)).toEqual(Array(6).fill('flat'))
  })

  it('is that the heap grows when it does', () => {
    expect(verdicts(30)).toEqual(['grows', ...Array(5).fill('flat')])
    expect(tableOf(findingsOf(samples(30), 4))[1]?.at(-1)).toBe('grows')
  })

  it('is not known of what was never measured, or too seldom', () => {
    const never = samples(0).map(({ at }) => ({ at, values: new Map() }))
    expect(findingsOf(never, 4).map(({ verdict }) => verdict)).toEqual(Array(6).fill('unknown'))
    expect(findingsOf(samples(0).slice(0, 10), 4).map(({ verdict }) => verdict)).toEqual(Array(6).fill('unknown'))
  })
})

it('series with labels are added up', () => {
  expect(seriesIn('# HELP a b\na 1\nb{x="1"} 2\nb{x="2 }"} 3.5\n')).toEqual(
    new Map([
      ['a', 1],
      ['b', 5.5],
    ]),
  )
})
