import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findChromium } from './chromium.ts'

test('a Chromium is what is named, else what is on the PATH and can be run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-chromium-'))
  const file = join(folder, 'chromium')
  writeFileSync(file, '#!/bin/sh\n')
  chmodSync(file, 0o600)
  const PATH = `/nowhere:${folder}`
  // As root any file can be read; to be run it must say so.
  expect(findChromium({ PATH })).not.toBe(file)
  chmodSync(file, 0o700)
  expect(findChromium({ PATH })).toBe(file)
  expect(findChromium({ PATH, CHROMIUM: '/opt/other' })).toBe('/opt/other')
})
