import { expect, test } from 'vitest'
import { dice } from '../builders/dice.ts'
import { seed } from '../builders/seed.ts'
import { ModelWorld } from './model-world.ts'
import { nights } from './nights.ts'

const NIGHTS = 200
const first = seed()
const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'uid-of-owner' }

test('sleep, then wake is the identity, and what people do meanwhile is kept and reported', async () => {
  for (let n = first; n < first + NIGHTS; n++) {
    await nights(dice(n), new ModelWorld(), 25, 8, owner).catch((error: unknown) => {
      throw new Error(`FC_SEED=${n} repeats what went wrong`, { cause: error })
    })
  }
  expect.hasAssertions()
})
