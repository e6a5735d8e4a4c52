import { describe, expect, it } from 'vitest'
import { painter } from './paint.ts'
import { table } from './table.ts'

describe('a table', () => {
  it('is aligned by what is seen, three spaces apart, without spaces at the end', () => {
    const green = painter({ env: { FORCE_COLOR: '1' } }, { write: () => undefined })('green', 'ok')
    const text = table(
      ['NAME', 'RESULT', ''],
      [
        ['a', green, ''],
        ['夜間', 'ok', 'x'],
        ['ü', '', ''],
      ],
    )
    expect(text).toBe(`NAME   RESULT\na      ${green}\n夜間   ok       x\nü\n`)
  })
})

describe('colours', () => {
  const coloured = (env: Readonly<Record<string, string>>, isTTY: boolean) =>
    painter({ env }, { isTTY, write: () => undefined })('red', 'x') !== 'x'

  it.each([
    ['a terminal', {}, true, true],
    ['a pipe', {}, false, false],
    ['a terminal with NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
    ['a pipe with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false, false],
  ])('%s', (_, env, isTTY, expected) => {
    expect(coloured(env, isTTY)).toBe(expected)
  })
})
