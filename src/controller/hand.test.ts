import { describe, expect, it } from 'vitest'
import { cleaned, end, type Hand } from './hand.ts'

const hand = (key: string, done?: number): Hand => ({
  key,
  uid: 'uid-1',
  run: `run-of-${key}`,
  operation: 'restart',
  abort: new AbortController(),
  ending: undefined,
  done,
})

describe('a run that is ended from outside', () => {
  it('is aborted, and knows why', () => {
    const run = hand('a')
    end(run, { because: 'Requested', message: 'requested by 1', handled: 'stop-1' })
    expect(run.abort.signal.aborted).toBe(true)
    expect(run.ending).toEqual({ because: 'Requested', message: 'requested by 1', handled: 'stop-1' })
  })

  it('ends for the first reason', () => {
    const run = hand('a')
    end(run, { because: 'SpecChanged', message: 'edited' })
    end(run, 'Shutdown')
    expect(run.ending).toEqual({ because: 'SpecChanged', message: 'edited' })
  })
})

describe('cleaning away', () => {
  it('takes runs that ended before, and says how many', () => {
    const hands = new Map([hand('active'), hand('old', 10), hand('older', 0), hand('young', 20)].map(h => [h.key, h]))
    expect(cleaned(hands, 20)).toBe(2)
    expect([...hands.keys()]).toEqual(['active', 'young'])
    expect(cleaned(hands, 20)).toBe(0)
  })
})
