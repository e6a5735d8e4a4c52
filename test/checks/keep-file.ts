import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Writes a file that is made from others; with --check it only sets the exit code when the committed one differs. */
export async function keepFile(
  path: string,
  wanted: string,
  { from, by }: { from: string; by: string },
): Promise<void> {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url))
  if (!process.argv.includes('--check')) {
    await writeFile(file, wanted)
    console.log(`${path} written`)
    return
  }
  const found = await readFile(file, 'utf8').catch(() => undefined)
  if (found === wanted) return
  console.error(`${path} ${found === undefined ? 'is missing' : `is not what ${from} gives`}: run ${by} and commit it`)
  process.exitCode = 1
}
