import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Recipe, readRecipe } from './recipe.ts'

/**
 * Names a build by all that decides what the binaries do. Go's version is not among it: go.mod has the least one, what a
 * newer one makes serves as well, and so a cache can be used where there is no Go.
 */
export function cacheKey(recipe: Recipe, platform: string, arch: string): string {
  return keyOf([recipe.goMod, recipe.goSum, ...recipe.flags, platform, arch])
}

/** Another key for other parts. */
export function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex').slice(0, 16)
}

/** The folder of the finished build for this machine and checkout, whether it exists or not. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheRoot(env), 'control-plane', cacheKey(readRecipe(), process.platform, process.arch))
}

/** Where programs are kept that tests need. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'rota')
}
