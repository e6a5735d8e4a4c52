// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import { expect, test } from 'vitest'
import { masked } from './masked.ts'

test.each([
  ['a line comment', 'a // import "x"\nb', 'a              \nb'],
  ['a block comment over lines', 'a /* b\nc */ d', 'a     \n     d'],
  ['an open block comment', 'a /* b', 'a     '],
  ['a string', `f('// no "comment"') // c`, `f('               ')     `],
  ['an escaped quote', `'a\\'b' c`, `'    ' c`],
  ['a string that is never closed ends with its line', `'abc\nd`, `'   \nd`],
  ['a template', '`a ${b + `c ${{ d }.d}`} e` f', '`  ${b + `  ${{ d }.d}`}  ` f'],
  ['quotes in a template', '`it\'s` + "x"', '`    ` + " "'],
  ['a regular expression with quotes', `x.replace(/['"\`/*]/g, '') // c`, `x.replace(          , '')     `],
  ['a class with a slash in a regular expression', `return /[/']/.test(a)`, `return       .test(a)`],
  ['a division', `a / b / 'c'`, `a / b / ' '`],
  ['an emoji keeps offsets', `'😀' a`, `'  ' a`],
])('%s', (_, source, code) => {
  expect(masked(source)).toBe(code)
  expect(masked(source)).toHaveLength(source.length)
})
