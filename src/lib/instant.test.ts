import { describe, expect, it } from 'vitest'
import { instantOf, rfc3339, rfc3339Micro } from './instant.ts'

const AT = Date.UTC(2026, 10, 23, 19, 0, 0)

describe('an instant as text', () => {
  it.each([
    [AT, '2026-11-23T19:00:00Z', '2026-11-23T19:00:00.000000Z'],
    [AT + 999, '2026-11-23T19:00:00Z', '2026-11-23T19:00:00.999000Z'],
    [0, '1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000000Z'],
  ])('%i', (at, time, micro) => {
    expect(rfc3339(at)).toBe(time)
    expect(rfc3339Micro(at)).toBe(micro)
  })
})

describe('an instant read from text', () => {
  it.each([
    ['2026-11-23T19:00:00Z', AT],
    ['2026-11-23T20:00:00+01:00', AT],
    ['2026-11-24T00:30:00+05:30', AT],
    ['2026-11-23T19:00:00.250Z', AT + 250],
    ['2028-02-29T23:59:59Z', Date.UTC(2028, 1, 29, 23, 59, 59)],
    ['2026-11-23T19:00:00.250000Z', AT + 250],
    ['2026-11-23t19:00:00z', AT],
  ])('%s', (text, at) => {
    expect(instantOf(text)).toBe(at)
  })

  it.each([
    undefined,
    '',
    'soon',
    '1',
    '2026',
    '2026-11-23',
    '2026-11-23T19:00:00',
    '2026-13-23T19:00:00Z',
    '2026-11-23T24:00:00Z',
    '2026-11-23T25:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00+01:00',
    '2026-11-32T00:00:00Z',
    'Mon, 23 Nov 2026 19:00:00 GMT',
  ])('%s is none, whatever a lenient parser makes of it', text => {
    expect(instantOf(text)).toBeUndefined()
  })
})
