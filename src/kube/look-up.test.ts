import { expect, it } from 'vitest'
import { faultOf } from '../../test/builders/targets.ts'
import { isFault, type LookUp, type Namespace, remembering } from './look-up.ts'

const signal = new AbortController().signal
const account = { namespace: 'team-a', name: 'rota' }

/** Answers one after the other; the last one for ever. */
function looking(...answers: readonly (Namespace | 'Gone')[]) {
  let now = 0
  let asked = 0
  const answer = () => answers[Math.min(asked++, answers.length - 1)] ?? 'Gone'
  const ask: LookUp = {
    async account() {
      return answer() === 'Gone' ? faultOf('Gone') : undefined
    },
    async namespace() {
      const found = answer()
      return found === 'Gone' ? faultOf('Gone') : found
    },
  }
  const look = remembering(ask, { monotonic: () => now })
  return {
    asked: () => asked,
    async namespace(at: number) {
      now = at
      return !isFault(await look.namespace('team-a', signal))
    },
    async account(at: number) {
      now = at
      return (await look.account(account, signal)) === undefined
    },
  }
}

const open = { metadata: {} }

it('a namespace is believed to be there for ten seconds', async () => {
  const look = looking(open, 'Gone')
  expect([await look.namespace(0), await look.namespace(9_999), look.asked()]).toEqual([true, true, 1])
  expect([await look.namespace(10_000), look.asked()]).toEqual([false, 2])
})

it('so is an account', async () => {
  const look = looking(open, 'Gone')
  expect([await look.account(0), await look.account(9_999), look.asked()]).toEqual([true, true, 1])
  expect([await look.account(10_000), look.asked()]).toEqual([false, 2])
})

it.each<[string, Namespace | 'Gone']>([
  ['that is not there', 'Gone'],
  ['that is protected', { metadata: { labels: { 'rota.dev/protected': 'true' } } }],
  ['that is being deleted', { metadata: { deletionTimestamp: '2026-01-05T20:00:00Z' } }],
])('a namespace %s is asked about each time', async (_, found) => {
  const look = looking(found)
  await look.namespace(0)
  await look.namespace(1)
  expect(look.asked()).toBe(2)
})

it('an account that is not there is asked about each time', async () => {
  const look = looking('Gone', open)
  expect([await look.account(0), await look.account(1), look.asked()]).toEqual([false, true, 2])
})
