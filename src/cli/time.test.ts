import { describe, expect, it } from 'vitest'
import { relative, span } from '../lib/relative.ts'
import { took } from '../lib/took.ts'
import { durationOf, timeOf } from './time.ts'

const NOW = Date.parse('2026-11-24T04:00:00Z')
const S = 1000

describe('times for people', () => {
  it.each([
    [500, '0 s'],
    [90 * S, '90 s'],
    [119 * S, '119 s'],
    [120 * S, '2 min'],
    [7199 * S, '119 min'],
    [7200 * S, '2 h'],
    [47 * 3600 * S, '47 h'],
    [48 * 3600 * S, '2 d'],
    [400 * 86_400 * S, '400 d'],
  ])('%i ms are %s', (milliseconds, text) => {
    expect(span(milliseconds)).toBe(text)
  })

  it.each([
    [0, 'now'],
    [999, 'now'],
    [-999, 'now'],
    [3 * 3600 * S, 'in 3 h'],
    [-13 * 3600 * S, '13 h ago'],
  ])('%i ms from now: %s', (by, text) => {
    expect(relative(NOW + by, NOW)).toBe(text)
  })

  it.each([
    [53, '53 ms'],
    [1200, '1.2 s'],
    [185_000, '3 min 5 s'],
  ])('a run of %i ms took %s', (milliseconds, text) => {
    expect(took(milliseconds)).toBe(text)
  })
})

describe('a duration', () => {
  it.each([
    ['90s', 90 * S],
    ['10m', 600 * S],
    ['1h30m', 5400 * S],
    ['3d', 3 * 86_400 * S],
    ['', undefined],
    ['10', undefined],
    ['10 m', undefined],
    ['-1h', undefined],
    ['1w', undefined],
    ['1.5h', undefined],
  ])('%j', (text, milliseconds) => {
    expect(durationOf(text)).toBe(milliseconds)
  })

  it('counts from now where a time is wanted', () => {
    expect(timeOf('2h', NOW)).toBe(NOW + 7200 * S)
    expect(timeOf('2026-11-24T22:00:00+01:00', NOW)).toBe(Date.parse('2026-11-24T21:00:00Z'))
    expect(timeOf('tomorrow', NOW)).toBeUndefined()
  })
})
