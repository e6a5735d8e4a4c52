import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const FILES = globSync('.github/workflows/*.yaml')

test('there are workflows', () => {
  expect(FILES.length).toBeGreaterThan(1)
})

describe.each(FILES)('%s', path => {
  const text = readFileSync(path, 'utf8')

  test('pins each action by a commit, and says which version that is', () => {
    const uses = text.match(/uses: .*/g) ?? []
    expect(uses.length).toBeGreaterThan(0)
    for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('can only read unless a job says more', () => {
    expect(parse(text).permissions).toEqual({ contents: 'read' })
  })

  test('calls only targets that the Makefile has', () => {
    const makefile = readFileSync('Makefile', 'utf8')
    for (const [, target] of text.matchAll(/make ([a-z-]+)/g)) expect(makefile).toMatch(new RegExp(`^${target}:`, 'm'))
  })
})
