import { describe, expect, test } from 'vitest'
import { tally } from './tallied.ts'

const results = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, success: true }

describe('the closing line', () => {
  test.each([
    ['all passed', results, '3 passed, 0 failed', true],
    ['some skipped', { ...results, numPendingTests: 2 }, '3 passed, 0 failed, 2 skipped', true],
    ['one failed', { ...results, numFailedTests: 1, success: false }, '3 passed, 1 failed', false],
    ['a file failed as a whole', { ...results, success: false }, '3 passed, 1 failed', false],
    ['none ran', { ...results, numPassedTests: 0 }, '0 passed, 0 failed', false],
    ['no results at all', undefined, '0 passed, 1 failed', false],
  ])('%s', (_, given, line, ok) => {
    expect(tally(given)).toEqual({ line, ok })
  })
})
