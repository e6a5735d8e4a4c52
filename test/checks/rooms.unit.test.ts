// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are source text
import { describe, expect, test } from 'vitest'
import { cycles } from './cycles.ts'
import { wrongDirections } from './direction.ts'
import { impurities } from './purity.ts'

const file = (path: string, source: string) => new Map([[path, source]])

describe('import direction', () => {
  test.each([
    ['src/lib/a.ts', "import { b } from '../api/b.ts'", 'imports src/api/b.ts, but lib may import only itself'],
    ['src/lib/a.ts', "import 'node:fs'", 'imports node:fs, but lib may use node:crypto'],
    ['src/decide/a.ts', "import 'croner'", 'imports croner, but decide may use no package'],
    [
      'src/decide/a.ts',
      "import type { B } from '../kube/b.ts'",
      'imports src/kube/b.ts, but decide may import only api, manifest, schedule, lib',
    ],
    [
      'src/execution/a.ts',
      "import { plan } from '../operations/sleep/plan.ts'",
      'imports src/operations/sleep/plan.ts, but execution may import only operations/contract, operations/item, api, lib',
    ],
    [
      'src/kube/a.ts',
      "import { x } from '../execution/x.ts'",
      'imports src/execution/x.ts, but kube may take only types from there: write import type',
    ],
    [
      'src/kube/a.ts',
      "import { type X } from '../execution/x.ts'",
      'imports src/execution/x.ts, but kube may take only types from there: write import type',
    ],
    ['src/cli/a.ts', "await import('../server/b.ts')", 'imports src/server/b.ts, but cli may import only api, '],
    ['src/cli/a.ts', 'await import(name)', 'imports a computed name, which nobody can check: write it out'],
    ['src/server/a.ts', "export * from '../main.ts'", 'imports src/main.ts, but server may import only api, '],
    [
      'src/server/a.ts',
      "import 'honorable'",
      'imports honorable, but server may use hono, @hono/node-server, zod, node:*',
    ],
    [
      'src/lib/a.test.ts',
      "import 'croner'",
      'imports croner, but tests in lib may use node:crypto, node:zlib, vitest, fast-check, node:*',
    ],
    [
      'src/lib/a.test.ts',
      "import { b } from '../decide/b.ts'",
      'imports src/decide/b.ts, but lib may import only itself',
    ],
    [
      'src/lib/a.ts',
      "import '../../test/builders/task.ts'",
      'imports test/builders/task.ts, but src must not depend on anything outside of it',
    ],
    ['src/helpers/a.ts', '', "there is no room 'helpers': "],
  ])('%s: %s is refused', (path, source, problem) => {
    const found = wrongDirections(file(path, source))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`${path}:1: ${problem}`)
  })

  test.each([
    ['src/lib/a.ts', "import { createHash } from 'node:crypto'\nimport { b } from './b.ts'"],
    [
      'src/operations/sleep/plan.ts',
      "import { b } from '../contract.ts'\nimport { c } from '../../api/c.ts'\nimport { d } from '../../manifest/documents.ts'",
    ],
    ['src/execution/a.ts', "import type { Plan } from '../operations/contract.ts'\nimport PQueue from 'p-queue'"],
    ['src/kube/a.ts', "import type { X } from '../execution/x.ts'\nimport 'node:https'\nimport 'undici'"],
    ['src/server/a.ts', "import { css } from 'hono/css'"],
    [
      'src/lib/a.test.ts',
      "import { expect } from 'vitest'\nimport 'node:fs'\nimport { t } from '../../test/builders/t.ts'",
    ],
    ['src/main.ts', "import { serve } from './server/serve.ts'\nimport 'zod'"],
  ])('%s is accepted', (path, source) => {
    expect(wrongDirections(file(path, source))).toEqual([])
  })

  test('names the line', () => {
    expect(wrongDirections(file('src/lib/a.ts', "// why\n\nimport 'yaml'\n"))[0]).toMatch(/^src\/lib\/a\.ts:3: /)
  })
})

describe('purity', () => {
  test.each([
    'const now = Date.now()',
    'const now = new Date()',
    'const now = new Date',
    'const now = Date()',
    'performance.now()',
    'setTimeout(wake, 10)',
    'globalThis.setInterval(wake, 10)',
    'setImmediate(wake)',
    'Math.random()',
    'const id = randomUUID()',
    'AbortSignal.timeout(10)',
    'AbortSignal\n  .timeout(10)',
    'process.env.HOME',
    "process['env']",
    '`${Date.now()}`',
  ])('%s is refused', source => {
    for (const room of ['lib', 'api', 'schedule', 'decide', 'operations', 'execution', 'runs', 'controller']) {
      const found = impurities(file(`src/${room}/a.ts`, `\n${source}`))
      expect(found).toHaveLength(1)
      expect(found[0]).toMatch(new RegExp(`^src/${room}/a\\.ts:2: uses .* but ${room} must give the same answer`))
    }
  })

  test.each([
    'new Date(at).toISOString()',
    '// Date.now() is forbidden',
    "throw new Error('no Math.random()')",
    'clock.now()',
    'task.process.now',
    'Date.parse(text)',
    'const processed = 1',
  ])('%s is accepted', source => {
    expect(impurities(file('src/decide/a.ts', source))).toEqual([])
  })

  test('tests and outer rooms may look at the clock', () => {
    expect(
      impurities(
        new Map([
          ['src/decide/a.test.ts', 'Date.now()'],
          ['src/kube/a.ts', 'Date.now()'],
          ['src/a.ts', 'Date.now()'],
        ]),
      ),
    ).toEqual([])
  })
})

describe('cycles', () => {
  test('a circle over three files is found once, types included', () => {
    const sources = new Map([
      ['src/lib/a.ts', "import { b } from './b.ts'"],
      ['src/lib/b.ts', "import type { C } from '../api/c.ts'"],
      ['src/api/c.ts', "import { a } from '../lib/a.ts'"],
      ['src/lib/d.ts', "import { a } from './a.ts'"],
    ])
    expect(cycles(sources)).toEqual([
      'src/lib/a.ts:1: imports itself: src/lib/a.ts → src/lib/b.ts → src/api/c.ts → src/lib/a.ts',
    ])
  })

  test('a diamond is no circle', () => {
    const sources = new Map([
      ['src/a.ts', "import './b.ts'\nimport './c.ts'"],
      ['src/b.ts', "import './d.ts'"],
      ['src/c.ts', "import './d.ts'"],
      ['src/d.ts', "import 'node:fs'"],
    ])
    expect(cycles(sources)).toEqual([])
  })
})
