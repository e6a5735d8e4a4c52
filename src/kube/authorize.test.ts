import { describe, expect, it } from 'vitest'
import { reviewsOf } from './authorize.ts'
import type { Client, Request } from './client.ts'

/** An API server that knows the bearer of `good`, and counts what it is asked. */
function server(answer: () => Promise<void> = async () => undefined) {
  const asked: Request[] = []
  const request = async (request: Request) => {
    asked.push(request)
    await answer()
    const { spec } = request.body as { spec: { token?: string; user?: string } }
    if (spec.token === undefined) return { status: { allowed: spec.user === 'jane' } }
    return { status: spec.token === 'good' ? { authenticated: true, user: { username: 'jane' } } : {} }
  }
  return { asked, reviews: reviewsOf({ request } as unknown as Client) }
}

const GET_METRICS = { nonResourceAttributes: { path: '/metrics', verb: 'get' } }

describe('who asks, and what they may', () => {
  it('is asked once in a while, also when the answer is no', async () => {
    const { asked, reviews } = server()
    for (let times = 0; times < 3; times++) {
      expect(await reviews.userOf('good')).toEqual({ username: 'jane' })
      expect(await reviews.userOf('bad')).toBeUndefined()
      expect(await reviews.may({ username: 'jane' }, GET_METRICS)).toBe(true)
      expect(await reviews.may({ username: 'joe' }, GET_METRICS)).toBe(false)
    }
    expect(asked).toHaveLength(4)
  })

  it('is asked once by many at the same time', async () => {
    const { asked, reviews } = server()
    await Promise.all(Array.from({ length: 50 }, () => reviews.userOf('good')))
    expect(asked).toHaveLength(1)
  })

  it('is asked again when there was no answer', async () => {
    let fails = true
    const { asked, reviews } = server(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve()))
    await expect(reviews.userOf('good')).rejects.toThrow('away')
    fails = false
    expect(await reviews.userOf('good')).toEqual({ username: 'jane' })
    expect(asked).toHaveLength(2)
  })

  it('is not asked for whoever guesses tokens as fast as he can', async () => {
    const waiting = Promise.withResolvers<void>()
    const { asked, reviews } = server(() => waiting.promise)
    const guesses = Array.from({ length: 100 }, (_, index) => reviews.userOf(`guess-${index}`))
    expect(asked).toHaveLength(16)
    waiting.resolve()
    const ends = await Promise.allSettled(guesses)
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(84)
  })
})
