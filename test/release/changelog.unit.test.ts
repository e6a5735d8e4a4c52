import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('the newest entry of the changelog is that of this version', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const newest = /^## (.*)$/m.exec(readFileSync('deploy/CHANGELOG.md', 'utf8'))?.[1]
  expect(newest).toBe(version)
})
