import { describe, expect, it } from 'vitest'
import type { HistoryEntry } from '../api/task.ts'
import { HOUR, MINUTE } from '../lib/instant.ts'
import { sparkline, wallTime } from './get.ts'

const plain = (_: unknown, text: string) => text

function record(result: HistoryEntry['result'], durationMilliseconds: number): HistoryEntry {
  const about = { id: 'x', operation: 'sleep', reason: 'Schedule', slotTime: '2026-01-05T20:00:00Z' } as const
  return { ...about, result, durationMilliseconds } as HistoryEntry
}

describe('the sparkline of the last results', () => {
  it('has the oldest first, and shows ten', () => {
    const history = Array.from({ length: 12 }, (_, n) => record(n === 0 ? 'Failed' : 'Succeeded', 100))
    expect(sparkline(history, plain)).toBe('▁▁▁▁▁▁▁▁▁✗')
  })

  it.each([
    ['Failed', '✗'],
    ['TimedOut', '✗'],
    ['Missed', '○'],
    ['Cancelled', '○'],
    ['Skipped', '·'],
  ] as const)('%s is %s', (result, sign) => expect(sparkline([record(result, 100)], plain)).toBe(sign))

  it('a success is as high as it took long', () => {
    const durations = [100, 500, 2000, 10_000, 10 * MINUTE, HOUR, 24 * HOUR]
    expect(sparkline(durations.map(ms => record('Succeeded', ms)).reverse(), plain)).toBe('▁▂▃▄███')
  })

  it('is a dash where nothing has run', () => expect(sparkline([], plain)).toBe('-'))
})

describe('a time on the wall of the reader', () => {
  const now = Date.parse('2026-11-25T12:00:00Z')
  it.each([
    ['2026-11-25T19:00:00Z', 'Europe/Berlin', '20:00'],
    ['2026-11-25T23:30:00Z', 'Europe/Berlin', 'Thu 00:30'],
    ['2026-11-25T23:30:00Z', 'America/New_York', '18:30'],
    ['2026-11-30T07:00:00Z', 'UTC', 'Mon 07:00'],
    ['2026-12-24T07:00:00Z', 'UTC', 'Thu 24 Dec 07:00'],
  ])('%s in %s is %s', (at, zone, shown) => expect(wallTime(Date.parse(at), now, zone)).toBe(shown))
})
