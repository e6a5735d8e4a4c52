import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildOnce } from './build-once.ts'
import { cacheRoot, keyOf } from './cache.ts'
import { findGo } from './go.ts'
import { goBuild } from './go-build.ts'
import { goDirective } from './recipe.ts'

const FLAGS = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags', '-s -w']

export interface Wanted {
  /** Of the file. */
  readonly name: string
  /** The folder of the go.mod that pins its versions, and of its own source. */
  readonly module: string
  /** Its main package. */
  readonly path: string
  /** For the compiler; unless told, that nothing depends on the place of the build. */
  readonly flags?: readonly string[]
  /** What is built, and how long that takes. */
  readonly says: string
  /** Which tests are skipped without it. */
  readonly tests: string
}

/**
 * A program that tests need, built by Go into the cache once; '' where it cannot be had: then tests are skipped, loudly.
 * @throws Error in CI
 */
export async function goProgramOrSkip(wanted: Wanted): Promise<string> {
  const found = await find(wanted)
  if ('program' in found) return found.program
  if (process.env['CI']) throw new Error(found.missing)
  console.warn(`\n!!! THE TESTS OF ${wanted.tests} ARE SKIPPED: ${found.missing}\n`)
  return ''
}

async function find(wanted: Wanted): Promise<{ readonly program: string } | { readonly missing: string }> {
  const { name, module, path, says, flags = FLAGS } = wanted
  const sources = readdirSync(module)
    .filter(file => /\.(go|mod|sum)$/.test(file))
    .sort()
  const parts = sources.map(file => readFileSync(join(module, file), 'utf8'))
  const key = keyOf([...parts, path, ...flags, process.platform, process.arch])
  const folder = join(cacheRoot(process.env), name, key)
  const program = join(folder, name)
  const isBuilt = () => existsSync(program)
  if (isBuilt()) return { program }
  const go = findGo(goDirective(readFileSync(join(module, 'go.mod'), 'utf8')))
  if (!go.usable) return { missing: `no ${program}, and ${go.reason}` }
  console.log(`Building ${says}`)
  try {
    await buildOnce(folder, name, isBuilt, (into, reaper) =>
      goBuild({ module, path, flags }, { folder: into, out: name }, reaper),
    )
  } catch (error) {
    return { missing: String(error) }
  }
  return { program }
}
