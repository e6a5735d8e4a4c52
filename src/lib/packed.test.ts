import { expect, it } from 'vitest'
import { sameJson } from './json.ts'
import { packed } from './packed.ts'

const entries = Array.from({ length: 10 }, (_, n) => ({ id: `run-${n}`, output: 'slept 12 Deployments — “å”' }))

it('what is packed reads, spreads and is written like the same', () => {
  const object = { runCount: 3, history: entries as typeof entries | undefined }
  const small = packed(object, 'history')
  expect(small.history).toEqual(entries)
  expect({ ...small }).toEqual(object)
  expect(JSON.parse(JSON.stringify(small))).toEqual(object)
  expect(sameJson(small, object)).toBe(true)
  expect(sameJson(small, { ...object, history: entries.slice(1) })).toBe(false)
})

it('what has been read is the same for whoever reads it meanwhile', () => {
  const small = packed({ history: entries }, 'history')
  const read = small.history
  expect(small.history).toBe(read)
})

it('what is not there stays away', () => {
  const object: { history?: readonly object[] } = {}
  expect(packed(object, 'history')).toBe(object)
})
