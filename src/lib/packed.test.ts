import { expect, it } from 'vitest'
import { sameJson } from './json.ts'
import { packed } from './packed.ts'

const entries = Array.from({ length: 10 }, (_, n) => ({ id: `run-${n}`, output: 'slept 12 Deployments — “å”' }))
const object = { phase: 'Scheduled', runCount: 3, message: undefined as string | undefined, history: entries }

it('what is packed reads, spreads and is written like the same', () => {
  const small = packed(object, ['phase'])
  expect(small.phase).toBe('Scheduled')
  expect(small.runCount).toBe(3)
  expect(small.history).toEqual(entries)
  expect(small.message).toBeUndefined()
  expect({ ...small }).toEqual(object)
  expect(Object.keys(small).sort()).toEqual(Object.keys(object).sort())
  expect(JSON.parse(JSON.stringify(small))).toEqual(JSON.parse(JSON.stringify(object)))
  expect(sameJson(small, object)).toBe(true)
  expect(sameJson(small, { ...object, history: entries.slice(1) })).toBe(false)
})

it('two that are packed keep their own', () => {
  const [one, two] = [packed({ history: ['a'] }, []), packed({ history: ['b'] }, [])]
  expect([one.history, two.history]).toEqual([['a'], ['b']])
})

it('what has been read is the same for whoever reads it meanwhile', () => {
  const small = packed({ history: entries }, [])
  const read = small.history
  expect(small.history).toBe(read)
})

it('where nothing is to be packed the object stays as it is', () => {
  const small: { readonly phase: string; readonly history?: readonly object[] } = { phase: 'Scheduled' }
  expect(packed(small, ['phase'])).toBe(small)
})
