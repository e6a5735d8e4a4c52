import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { together } from './together.ts'

function setUp() {
  const written: string[] = []
  return { written, lines: together({ write: text => written.push(text) }) }
}

it('passes on what is written in one turn as one text, in its order', async () => {
  const { written, lines } = setUp()
  lines.write('a\n')
  await Promise.resolve()
  lines.write('b\n')
  expect(written).toEqual([])
  await nextTurn()
  lines.write('c\n')
  await nextTurn()
  expect(written).toEqual(['a\nb\n', 'c\n'])
})

it('passes on what it holds when it is told to, once', async () => {
  const { written, lines } = setUp()
  lines.write('a\n')
  lines.flush()
  lines.flush()
  await nextTurn()
  expect(written).toEqual(['a\n'])
})
