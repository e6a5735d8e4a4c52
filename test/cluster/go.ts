import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { goDirective, readRecipe } from './recipe.ts'

export type Go =
  | { readonly usable: true; readonly version: string }
  | { readonly usable: false; readonly reason: string }

/** No other toolchain is downloaded, and nothing needs a C compiler. */
export const goEnvironment = { GOTOOLCHAIN: 'local', CGO_ENABLED: '0' }

export function findGo(needed = goDirective(readRecipe().goMod)): Go {
  const { stdout, status } = spawnSync('go', ['version'], {
    encoding: 'utf8',
    cwd: tmpdir(), // away from any go.mod that might ask for another version
    env: { ...process.env, ...goEnvironment },
  })
  if (status !== 0) return { usable: false, reason: `there is no Go on the PATH to build it (${needed} or newer)` }
  const version = stdout.split(' ')[2] ?? ''
  if (isAtLeast(version, needed)) return { usable: true, version }
  return { usable: false, reason: `${version} on the PATH is too old to build it: ${needed} is needed` }
}

/** Whether a version such as `go1.26.8` is not older than one such as `1.26.0`. */
export function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map(text => (text.match(/\d+/g) ?? []).map(Number))
  for (const [i, number] of (want ?? []).entries()) {
    const difference = (have?.[i] ?? 0) - number
    if (difference !== 0) return difference > 0
  }
  return true
}
