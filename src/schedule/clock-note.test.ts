import { describe, expect, it } from 'vitest'
import { clockNote } from './clock-note.ts'

const note = (expression: string, slot: string, zone = 'Europe/Berlin') =>
  clockNote({ expression, zone }, Date.parse(slot))

describe('what the clocks do to a slot', () => {
  it.each([
    ['30 2 * * *', '2026-10-25T00:30:00Z', 'the clocks go back by 1 h: 02:30 comes twice, this is the first'],
    ['30 2 * * *', '2026-10-25T01:30:00Z', 'the clocks go back by 1 h: 02:30 comes twice, this is the second'],
    ['0 2 * * *', '2026-10-25T00:00:00Z', 'the clocks go back by 1 h: 02:00 comes twice, this is the first'],
    ['0 3 * * *', '2026-10-25T02:00:00Z', undefined],
    ['59 1 * * *', '2026-10-24T23:59:00Z', undefined],
    [
      '30 2 * * *',
      '2026-03-29T01:00:00Z',
      'the clocks go forward: its time does not exist that day, so it runs at 03:00, right after the gap',
    ],
    ['0 3 * * *', '2026-03-29T01:00:00Z', undefined],
    ['0 20 * * *', '2026-03-29T18:00:00Z', undefined],
    ['30 2 * * *', '2026-07-01T00:30:00Z', undefined],
  ])('%s at %s: %s', (expression, slot, words) => {
    expect(note(expression, slot)).toBe(words)
  })

  it('knows zones that are set by less than an hour', () => {
    expect(note('45 1 * * *', '2026-04-04T14:45:00Z', 'Australia/Lord_Howe')).toBe(
      'the clocks go back by 30 min: 01:45 comes twice, this is the first',
    )
  })

  it('has nothing to say where clocks are never set', () => {
    expect(note('30 2 * * *', '2026-10-25T02:30:00Z', 'UTC')).toBeUndefined()
  })
})
