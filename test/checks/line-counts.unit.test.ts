import { expect, test } from 'vitest'
import { sizesOf } from './line-counts.ts'

const lines = (n: number) => 'a\n'.repeat(n)

test('a file of 401 lines is refused, one of 400 is not', () => {
  const { tooLong } = sizesOf(
    new Map([
      ['src/lib/long.ts', lines(401)],
      ['src/lib/full.ts', lines(400)],
    ]),
  )
  expect(tooLong).toEqual(['src/lib/long.ts:1: has 401 lines, but 400 is the limit: give each idea a file'])
})

test('generated files do not count', () => {
  expect(sizesOf(new Map([['src/api/types.generated.ts', lines(1000)]]))).toEqual({ tooLong: [], files: 0, median: 0 })
})

test('the median is that of the file in the middle', () => {
  const sources = new Map([3, 900, 5, 1, 7].map((n, i) => [`src/${i}.ts`, lines(n)]))
  expect(sizesOf(sources).median).toBe(5)
})
