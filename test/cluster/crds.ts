import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClusterAccess } from './access.ts'
import { until } from './until.ts'

const folder = fileURLToPath(new URL('../../crds', import.meta.url))

/** Installs what `crds/` holds and waits until the API server serves it. */
export async function installCrds(cluster: ClusterAccess): Promise<void> {
  const files = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.yaml')) : []
  if (files.length === 0) return
  const flags = files.flatMap(name => ['-f', join(folder, name)])
  await cluster.kubectl(['apply', '--server-side', '--force-conflicts', ...flags])
  const wait = ['wait', '--for=condition=Established', '--timeout=30s', ...flags]
  // Of a CRD that has no conditions yet kubectl makes an error instead of waiting for them.
  await until(
    'the CRDs are served',
    () => cluster.tryKubectl(wait),
    ({ code }) => code === 0,
  )
}
