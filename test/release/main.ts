// The files of a release, into dist/release.
//   --image NAME   of the image, without a tag
//   --base URL     where the archives can be had: URL/v<version>/<file>
//   --only NAME    just this one

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { artifacts } from './artifacts.ts'

const FOLDER = 'dist/release'
const { values } = parseArgs({
  options: {
    image: { type: 'string', default: 'registry.example.com/rota' },
    base: { type: 'string', default: 'https://github.com/example/rota/releases/download' },
    only: { type: 'string' },
  },
})

const made = artifacts(values)
if (values.only === undefined) rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
for (const [name, content] of made) {
  if (values.only !== undefined && name !== values.only) continue
  writeFileSync(join(FOLDER, name), content, { mode: name === 'rota.js' ? 0o755 : 0o644 })
  console.log(`${FOLDER}/${name}  ${(content.length / 1024).toFixed(0)} KiB`)
}
