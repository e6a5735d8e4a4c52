/**
 * Writes src/api/types.generated.ts and src/manifest/schema.generated.ts from the CRD, so that the CRD stays the only description of the API.
 * With --check it writes nothing and fails when the committed file is not what the CRD gives.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { schemaOf } from './crd-structure.ts'
import { drift, typesOf } from './crd-types.ts'

const root = new URL('../../', import.meta.url)
const from = 'crds/rota.dev_scheduledtasks.yaml'
const crd = await readFile(new URL(from, root), 'utf8')
const files = [
  { to: 'src/api/types.generated.ts', wanted: await typesOf(crd, from) },
  { to: 'src/manifest/schema.generated.ts', wanted: schemaOf(crd, from) },
]

for (const { to, wanted } of files) {
  const path = fileURLToPath(new URL(to, root))
  if (process.argv.includes('--check')) {
    const problem = drift(await readFile(path, 'utf8').catch(() => undefined), wanted)
    if (problem !== undefined) {
      console.error(`${to} ${problem}: run npm run types and commit it`)
      process.exitCode = 1
    }
  } else {
    await writeFile(path, wanted)
    console.log(`${to} written`)
  }
}
