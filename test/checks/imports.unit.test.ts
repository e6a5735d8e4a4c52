// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import { expect, test } from 'vitest'
import { importsOf } from './imports.ts'

test.each([
  ["import { a } from './a.ts'", './a.ts', false],
  ["import a, { b as c } from 'a'", 'a', false],
  ["import * as a from 'a'", 'a', false],
  ["import a from 'a'", 'a', false],
  ["import 'a'", 'a', false],
  ['import { a } from "a"', 'a', false],
  ["import {\n  a,\n  type B,\n} from 'a'", 'a', false],
  ["import { type B } from 'a'", 'a', false],
  ["import type { B } from 'a'", 'a', true],
  ["import type * as B from 'a'", 'a', true],
  ["import type B from 'a'", 'a', true],
  ["import type from 'a'", 'a', false],
  ["import data from './a.json' with { type: 'json' }", './a.json', false],
  ["export * from 'a'", 'a', false],
  ["export * as b from 'a'", 'a', false],
  ["export { b } from 'a'", 'a', false],
  ["export type { B } from 'a'", 'a', true],
  ["export type * from 'a'", 'a', true],
  ["const a = await import('a')", 'a', false],
  ['const a = await import(`a`)', 'a', false],
  ["import(/* why */ 'a').then(use)", 'a', false],
  ['import(name)', undefined, false],
  ['import(`./${name}.ts`)', undefined, false],
])('%s', (source, specifier, typeOnly) => {
  expect(importsOf(source)).toEqual([{ line: 1, specifier, typeOnly }])
})

test.each([
  "// import { a } from 'a'",
  "/* import 'a' */",
  `const text = "import { a } from 'a'"`,
  "const text = `import 'a'`",
  'export const a = 1',
  "export { a }\nconst from = 'a'",
  "source.import('a')",
  'import.meta.url',
])('no import: %s', source => {
  expect(importsOf(source)).toEqual([])
})

test('an export without a source does not swallow the next import', () => {
  const source = "// c\nexport type { A }\nimport { b } from './b.ts'\n\nimport type { C } from './c.ts'\n"
  expect(importsOf(source)).toEqual([
    { line: 3, specifier: './b.ts', typeOnly: false },
    { line: 5, specifier: './c.ts', typeOnly: true },
  ])
})
