import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { buildControlPlane } from './build.ts'
import { cacheFolder } from './cache.ts'
import { type ExistingCluster, existingCluster } from './existing.ts'
import { findGo } from './go.ts'
import { components } from './recipe.ts'

/** Where a control plane comes from. */
export type ControlPlaneSource =
  | ExistingCluster
  | { readonly kind: 'Binaries'; readonly directory: string }
  | { readonly kind: 'Unavailable'; readonly reason: string }

export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly say?: (line: string) => void
}

/**
 * The first of: TEST_KUBECONFIG, TEST_CLUSTER_BIN, KUBEBUILDER_ASSETS, the cache, a build with Go (minutes, once).
 * Says in one line which it is. Throws where somebody asked for one that cannot be used.
 */
export async function findControlPlane(options: FindOptions = {}): Promise<ControlPlaneSource> {
  const { env = process.env, say = console.log } = options
  const found = (directory: string, from: string): ControlPlaneSource => {
    say(`Control plane: ${directory} (${from})`)
    return { kind: 'Binaries', directory }
  }

  if (env['TEST_KUBECONFIG']) {
    const cluster = existingCluster(env['TEST_KUBECONFIG'], env['TEST_ALLOW_CONTEXT'])
    say(`Control plane: the existing cluster '${cluster.context}' (TEST_KUBECONFIG)`)
    return cluster
  }

  const given = env['TEST_CLUSTER_BIN']
  if (given) {
    const missing = missingFrom(given)
    if (missing.length > 0) throw new Error(`TEST_CLUSTER_BIN=${given} lacks ${missing.join(', ')}`)
    return found(given, 'TEST_CLUSTER_BIN')
  }

  const assets = env['KUBEBUILDER_ASSETS']
  if (assets) {
    const missing = missingFrom(assets)
    if (missing.length === 0) return found(assets, 'KUBEBUILDER_ASSETS')
    say(`KUBEBUILDER_ASSETS=${assets} is passed over: it lacks ${missing.join(', ')}`)
  }

  const cache = cacheFolder(env)
  if (missingFrom(cache).length === 0) return found(cache, 'cache')

  const go = findGo()
  if (!go.usable) return { kind: 'Unavailable', reason: `No control plane in ${cache}, and ${go.reason}` }
  await buildControlPlane(cache, () => missingFrom(cache).length === 0)
  return found(cache, `built with ${go.version}`)
}

function missingFrom(directory: string): string[] {
  return components.filter(name => !isExecutable(join(directory, name)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
