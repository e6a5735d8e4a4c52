import { expect, test } from 'vitest'
import { until } from './until.ts'

const quickly = { timeout: 30, interval: 1 }

test('returns what was accepted', async () => {
  let looks = 0
  expect(
    await until(
      'three',
      () => ++looks,
      n => n === 3,
      quickly,
    ),
  ).toBe(3)
})

test('tells at the end what it waited for and what it saw last', async () => {
  const look = (): object => ({ replicas: 1 })
  await expect(until('two replicas', look, () => false, quickly)).rejects.toThrow(
    'Waited 0.03 s in vain: two replicas. Last seen: { replicas: 1 }',
  )
})

test('takes an error for "not yet", and shows it at the end', async () => {
  let looks = 0
  const look = (): boolean => {
    if (++looks < 3) throw new Error('connection refused')
    return true
  }
  expect(await until('an answer', look, Boolean, { ...quickly, timeout: 30_000 })).toBe(true)
  looks = Number.NEGATIVE_INFINITY
  await expect(until('an answer', look, Boolean, quickly)).rejects.toThrow('Last seen: connection refused')
})

test('ends at once with the reason of its signal', async () => {
  const died = new AbortController()
  const waiting = until('never', () => false, Boolean, { timeout: 60_000, interval: 60_000, signal: died.signal })
  died.abort(new Error('etcd ended'))
  await expect(waiting).rejects.toThrow('etcd ended')
})
