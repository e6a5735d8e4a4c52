import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { tarGz } from './tar.ts'

const ENTRIES = [
  { path: 'b/run', content: '#!/bin/sh\n', executable: true },
  { path: 'a.txt', content: 'x'.repeat(513) },
]

test('tar reads it: names, sizes, rights, dates', () => {
  const listed = execFileSync('tar', ['-tvz', '--utc'], { input: tarGz(ENTRIES), encoding: 'utf8' })
  expect(listed.trim().split('\n')).toEqual([
    expect.stringMatching(/^-rw-r--r-- 0\/0 +513 1970-01-01 00:00 a\.txt$/),
    expect.stringMatching(/^-rwxr-xr-x 0\/0 +10 1970-01-01 00:00 b\/run$/),
  ])
  expect(execFileSync('tar', ['-xzO', 'a.txt'], { input: tarGz(ENTRIES), encoding: 'utf8' })).toBe('x'.repeat(513))
})

test('the order in which entries are given is of no matter', () => {
  expect(tarGz(ENTRIES.toReversed())).toEqual(tarGz(ENTRIES))
})

test('a path that does not fit is refused', () => {
  expect(() => tarGz([{ path: 'x'.repeat(101), content: '' }])).toThrow('is too long for a tar archive')
})
