import { expect, it } from 'vitest'
import { localTime } from './local-time.ts'

it.each([
  ['2026-11-24T19:00:00Z', 'Europe/Berlin', '2026-11-24T20:00:00+01:00'],
  ['2026-07-24T18:00:00Z', 'Europe/Berlin', '2026-07-24T20:00:00+02:00'],
  ['2026-11-24T19:00:00Z', 'UTC', '2026-11-24T19:00:00+00:00'],
  ['2026-11-24T19:00:00Z', 'Europe/London', '2026-11-24T19:00:00+00:00'],
  ['2026-11-24T19:00:00Z', 'Asia/Kathmandu', '2026-11-25T00:45:00+05:45'],
  ['2026-11-24T19:00:00Z', 'America/St_Johns', '2026-11-24T15:30:00-03:30'],
  ['2026-11-24T19:00:00Z', 'Australia/Lord_Howe', '2026-11-25T06:00:00+11:00'],
  ['2026-11-24T19:00:00Z', 'Etc/GMT+3', '2026-11-24T16:00:00-03:00'],
  ['2026-11-24T00:00:00Z', 'UTC', '2026-11-24T00:00:00+00:00'],
])('%s is in %s %s', (utc, zone, local) => {
  expect(localTime(Date.parse(utc), zone)).toBe(local)
  expect(Date.parse(local)).toBe(Date.parse(utc))
})

it('tells the two passes through a repeated hour apart', () => {
  expect(localTime(Date.parse('2026-10-25T00:30:00Z'), 'Europe/Berlin')).toBe('2026-10-25T02:30:00+02:00')
  expect(localTime(Date.parse('2026-10-25T01:30:00Z'), 'Europe/Berlin')).toBe('2026-10-25T02:30:00+01:00')
})
