import { describe, expect, it } from 'vitest'
import { at, task } from '../../test/builders/task.ts'
import type { HistoryEntry, Status } from '../api/task.ts'
import { fitted, STATUS_BYTES } from './fitted.ts'
import { fold } from './fold.ts'

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
const kept = (status: Status, field: 'output' | 'error') => status.history?.map(entry => entry[field] !== undefined)

function entries(count: number, text: { output?: string; error?: string; command?: string }): HistoryEntry[] {
  return Array.from({ length: count }, (_, n) => ({
    id: String(n).padStart(16, '0'),
    operation: 'sleep',
    reason: 'Schedule',
    slotTime: '2026-01-05T20:00:00Z',
    result: 'Failed',
    ...text,
  }))
}

function status(history: readonly HistoryEntry[]): Status {
  return { observedGeneration: 1, history }
}

describe('a status stays under 16 KiB', () => {
  it('is as it was when it fits', () => {
    const small = status(entries(20, { output: 'x'.repeat(200) }))
    expect(fitted(small)).toBe(small)
  })

  it('loses output first, from the oldest up, and no more than it must', () => {
    const after = fitted(status(entries(20, { output: 'x'.repeat(1000), error: 'e' })))
    const outputs = kept(after, 'output') ?? []
    const first = outputs.indexOf(false)
    expect(bytes(after)).toBeLessThan(STATUS_BYTES)
    expect(bytes(after)).toBeGreaterThan(STATUS_BYTES - 1100)
    expect(first).toBeGreaterThan(5)
    expect(outputs.slice(first)).not.toContain(true)
    expect(kept(after, 'error')).not.toContain(false)
    expect(after.history).toHaveLength(20)
  })

  it('loses errors when no output is left', () => {
    const after = fitted(status(entries(20, { output: 'o'.repeat(100), error: 'x'.repeat(1000) })))
    expect(bytes(after)).toBeLessThan(STATUS_BYTES)
    expect(kept(after, 'output')).not.toContain(true)
    expect(kept(after, 'error')?.[0]).toBe(true)
    expect(kept(after, 'error')?.at(-1)).toBe(false)
    expect(after.history).toHaveLength(20)
  })

  it('loses whole entries, the oldest first, when nothing else is left', () => {
    const after = fitted(status(entries(20, { command: 'x'.repeat(1000) })))
    expect(bytes(after)).toBeLessThan(STATUS_BYTES)
    expect(after.history?.map(({ id }) => Number(id))).toEqual(after.history?.map((_, n) => n))
    expect(after.history?.length).toBeGreaterThan(12)
  })

  it.each(['ä', '漢', '😀', '"', '\u0000'])('counts bytes as they are sent: 20 entries of 1000 times %j', text => {
    const long = text.repeat(1000 / text.length)
    const full = status(entries(20, { output: long, error: long, command: long }))
    const after = fold(
      task({ spec: { schedule: '0 20 * * *', historyLimit: 20 }, status: full }),
      [],
      at('2026-01-06T00:00:00Z'),
    )
    expect(bytes(after)).toBeLessThan(STATUS_BYTES)
    expect(after.history?.length).toBeGreaterThan(0)
    expect(fitted(after)).toBe(after)
  })
})
