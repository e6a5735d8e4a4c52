import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MUTANTS, mutated } from './mutants.ts'

describe('the mutants', () => {
  test.each(MUTANTS)('the source still has the text of: $name', mutant => {
    const source = readFileSync(mutant.file, 'utf8')
    expect(mutated(source, mutant)).not.toBe(source)
  })

  test('each has a scenario that exists', () => {
    const scenarios = MUTANTS.map(({ name, under: [file, tests] }) => ({
      name,
      exists: new RegExp(tests).test(readFileSync(file, 'utf8')),
    }))
    expect(scenarios.filter(({ exists }) => !exists)).toEqual([])
  })

  test('have names of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  })

  test('a text that has moved on is said', () => {
    const gone = { name: 'gone', file: 'a.ts', from: 'b', to: 'c', under: ['d', 'e'] } as const
    expect(() => mutated('a', gone)).toThrow('mutant "gone": a.ts has its text 0 times')
    expect(() => mutated('bb', gone)).toThrow('2 times')
  })
})
