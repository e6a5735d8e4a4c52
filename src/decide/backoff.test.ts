import { describe, expect, it } from 'vitest'
import { specOf } from '../../test/builders/task.ts'
import { nextAttemptTime } from './backoff.ts'
import { effortOf } from './settings.ts'

const settings = { taskTimeoutSeconds: 300, taskMaxRetries: 3, taskRetryDelaySeconds: 10 }
const ids = ['0123456789abcdef', 'fedcba9876543210', 'a', 'b', 'c', 'd']

type Retry = NonNullable<Parameters<typeof specOf>[0]>['retry']
function pauses(retry: Partial<Retry>, attempt: number, retryAfter = 0): readonly number[] {
  const spec = specOf({ retry: { backoff: 'Exponential', maxDelaySeconds: 300, ...retry } })
  return ids.map(id => nextAttemptTime(effortOf(spec, settings), id, attempt, 0, retryAfter) / 1000)
}

describe('the pause after a failed attempt', () => {
  it.each([
    { retry: {}, attempt: 1, seconds: 10 },
    { retry: {}, attempt: 2, seconds: 20 },
    { retry: {}, attempt: 3, seconds: 40 },
    { retry: {}, attempt: 5, seconds: 160 },
    { retry: {}, attempt: 6, seconds: 300 },
    { retry: {}, attempt: 10, seconds: 300 },
    { retry: { backoff: 'Constant' as const }, attempt: 4, seconds: 10 },
    { retry: { delaySeconds: 0 }, attempt: 9, seconds: 0 },
    { retry: { delaySeconds: 600 }, attempt: 1, seconds: 600 },
    { retry: { delaySeconds: 600 }, attempt: 2, seconds: 600 },
    { retry: { maxDelaySeconds: 15 }, attempt: 2, seconds: 15 },
  ])('$retry after attempt $attempt is $seconds s, and at most a fifth more', ({ retry, attempt, seconds }) => {
    for (const pause of pauses(retry, attempt)) {
      expect(pause).toBeGreaterThanOrEqual(seconds)
      expect(pause).toBeLessThanOrEqual(seconds * 1.2 + 0.001)
    }
  })

  it('is not the same for runs that failed together', () => {
    expect(new Set(pauses({}, 1)).size).toBe(ids.length)
  })

  it('is the same for the same run and attempt, in whichever process', () => {
    expect(pauses({}, 2)).toEqual(pauses({}, 2))
  })

  it('is at least what a server asked for, and never less than our own', () => {
    for (const pause of pauses({}, 1, 60)) expect(pause).toBe(60)
    for (const pause of pauses({}, 4, 5)) expect(pause).toBeGreaterThanOrEqual(80)
  })
})

describe('effort', () => {
  it('is what the spec says, else the settings', () => {
    expect(effortOf(specOf(), settings)).toMatchObject({ timeoutSeconds: 300, attempts: 3, delaySeconds: 10 })
    const retry = { backoff: 'Constant', maxDelaySeconds: 7, attempts: 1, delaySeconds: 0 } as const
    expect(effortOf(specOf({ timeoutSeconds: 5, retry }), settings)).toEqual({ timeoutSeconds: 5, ...retry })
  })
})
