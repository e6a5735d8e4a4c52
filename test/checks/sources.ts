import { glob, readFile } from 'node:fs/promises'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sources } from './direction.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The text of every TypeScript file below the given folders of the repository. */
export async function sourcesIn(...folders: readonly string[]): Promise<Sources> {
  const sources = new Map<string, string>()
  const files: string[] = []
  for await (const file of glob(
    folders.map(folder => `${folder}/**/*.{ts,tsx,mts,cts}`),
    { cwd: ROOT },
  ))
    files.push(file)
  for (const file of files.sort()) {
    sources.set(file.split(sep).join('/'), await readFile(`${ROOT}/${file}`, 'utf8'))
  }
  return sources
}
