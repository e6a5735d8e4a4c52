/**
 * Writes the ClusterRoles of deploy/rbac from the rights that the operations say they need, so that the two cannot differ.
 * With --check it writes nothing and fails when a committed file is not what they give.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { roleFiles } from './cluster-roles.ts'

const root = new URL('../../', import.meta.url)

for (const [to, wanted] of Object.entries(await roleFiles())) {
  const path = fileURLToPath(new URL(to, root))
  if (process.argv.includes('--check')) {
    const found = await readFile(path, 'utf8').catch(() => undefined)
    if (found !== wanted) {
      const problem = found === undefined ? 'is missing' : 'is not what src/operations gives'
      console.error(`${to} ${problem}: run npm run roles and commit it`)
      process.exitCode = 1
    }
  } else {
    await writeFile(path, wanted)
    console.log(`${to} written`)
  }
}
