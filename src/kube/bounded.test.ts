import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { bounded } from './bounded.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('ends when it takes too long, and not before', () => {
  const { signal } = bounded(undefined, 1000)
  vi.advanceTimersByTime(999)
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
})

it('ends with what it is for, for the same reason', () => {
  const stop = new AbortController()
  const { signal } = bounded(stop.signal)
  stop.abort('not wanted')
  expect(signal.reason).toBe('not wanted')
  expect(bounded(stop.signal).signal.reason).toBe('not wanted')
})

it('leaves nothing behind once it has ended', () => {
  const stop = new AbortController()
  const { signal, end } = bounded(stop.signal)
  end()
  expect(vi.getTimerCount()).toBe(0)
  stop.abort()
  expect(signal.aborted).toBe(false)
})
