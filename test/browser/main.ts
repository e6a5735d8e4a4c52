// Before the tests: sees to it that there is a Chromium for those of the dashboard, or says aloud that they are left out.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findChromium } from './chromium.ts'

const isRootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version')

if (findChromium(process.env) === undefined) {
  const installed = isRootOnDebian && install()
  if (!installed || findChromium(process.env) === undefined)
    console.error(
      'No Chromium: the tests of the dashboard are SKIPPED. Install it (Debian: apt-get install chromium), or name one: CHROMIUM=FILE.',
    )
}

function install(): boolean {
  console.log('Installing Chromium for the tests of the dashboard …')
  const apt = (...words: readonly string[]) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { status, stdout, stderr } = spawnSync('apt-get', ['-qq', ...words], { env, encoding: 'utf8' })
    if (status !== 0) console.error(`apt-get ${words.join(' ')}:\n${stdout}${stderr}`)
    return status === 0
  }
  return apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core')
}
