import { describe, expect, test } from 'vitest'
import { cacheFolder, cacheKey } from './cache.ts'
import type { Recipe } from './recipe.ts'

const recipe: Recipe = { goMod: 'module m', goSum: 'sums', flags: ['-trimpath'] }

describe('the key of a build', () => {
  const key = cacheKey(recipe, 'linux', 'x64')

  test('is the same for the same build', () => {
    expect(cacheKey({ ...recipe }, 'linux', 'x64')).toBe(key)
    expect(key).toMatch(/^[0-9a-f]{16}$/)
  })

  test.for([
    ['go.mod', { ...recipe, goMod: 'module n' }, 'linux', 'x64'],
    ['go.sum', { ...recipe, goSum: 'others' }, 'linux', 'x64'],
    ['flags', { ...recipe, flags: ['-race'] }, 'linux', 'x64'],
    ['the border between two flags', { ...recipe, flags: ['-trim', 'path'] }, 'linux', 'x64'],
    ['system', recipe, 'darwin', 'x64'],
    ['architecture', recipe, 'linux', 'arm64'],
  ] as const)('changes with %s', ([, changed, platform, arch]) => {
    expect(cacheKey(changed, platform, arch)).not.toBe(key)
  })
})

test('the cache is where XDG_CACHE_HOME says, and in the home else', () => {
  const given = cacheFolder({ XDG_CACHE_HOME: '/caches', HOME: '/home/me' })
  expect(given).toMatch(/^\/caches\/rota\/control-plane\/[0-9a-f]{16}$/)
  expect(cacheFolder({ HOME: '/home/me' })).toBe(given.replace('/caches', '/home/me/.cache'))
  expect(cacheFolder({ XDG_CACHE_HOME: '', HOME: '/home/me' })).toBe(cacheFolder({ HOME: '/home/me' }))
})
