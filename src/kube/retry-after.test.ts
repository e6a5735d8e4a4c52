import { describe, expect, it } from 'vitest'
import { retryAfterSeconds } from './retry-after.ts'

const DATE = 'Tue, 24 Nov 2026 04:00:00 GMT'

describe('Retry-After', () => {
  it.each([
    ['', 0],
    ['0', 0],
    ['7', 7],
    ['86400', 3600],
    ['Tue, 24 Nov 2026 04:00:30 GMT', 30],
    ['Tue, 24 Nov 2026 03:00:00 GMT', 0],
    ['Wed, 25 Nov 2026 04:00:00 GMT', 3600],
    ['-3', 0],
    ['1.5', 0],
    ['soon', 0],
    ['2026-11-24T04:00:30Z', 0],
  ])('%j: %i seconds', (value, seconds) => {
    expect(retryAfterSeconds(value, DATE)).toBe(seconds)
  })

  it('as a date, without the date of the server, says nothing', () => {
    expect(retryAfterSeconds('Tue, 24 Nov 2026 04:00:30 GMT', undefined)).toBe(0)
  })
})
