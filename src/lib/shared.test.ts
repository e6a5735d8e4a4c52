import { expect, it } from 'vitest'
import { shared } from './shared.ts'

it('what is alike is one, also within what differs', () => {
  const spec = (schedule: string) => ({ schedule, retry: { backoff: 'Exponential' }, kinds: ['Deployment'] })
  const [one, two, three] = [shared(spec('0 20 * * *')), shared(spec('0 20 * * *')), shared(spec('0 21 * * *'))]
  expect(two).toBe(one)
  expect(three).toEqual(spec('0 21 * * *'))
  expect(three.retry).toBe(one.retry)
  expect(three.kinds).toBe(one.kinds)
})

it.each([[undefined], [null], [3], ['text'], [[]], [{}], [{ member: undefined }]])('%j stays what it is', value => {
  expect(shared(value)).toEqual(value)
})

it('what is long is not compared', () => {
  const long = () => ({ manifests: 'x'.repeat(3_000) })
  expect(shared(long())).not.toBe(shared(long()))
})
