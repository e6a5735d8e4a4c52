import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClusterAccess } from './access.ts'
import { until } from './until.ts'

const folder = fileURLToPath(new URL('../../crds', import.meta.url))

function shipped(): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.yaml')) : []
  return names.map(name => join(folder, name))
}

/** Installs what these files hold, or `crds/`, and waits until the API server serves it. */
export async function installCrds(cluster: ClusterAccess, files: readonly string[] = shipped()): Promise<void> {
  if (files.length === 0) return
  const flags = files.flatMap(file => ['-f', file])
  await cluster.kubectl(['apply', '--server-side', '--force-conflicts', ...flags])
  await untilServed(cluster, ...flags)
}

/** Waits until the API server serves them. @param which `crd/widgets.example.com`, or `-f` and a file with it */
export async function untilServed(cluster: ClusterAccess, ...which: readonly string[]): Promise<void> {
  const wait = ['wait', '--for=condition=Established', '--timeout=30s', ...which]
  // Of a CRD that has no conditions yet kubectl makes an error instead of waiting for them.
  await until(
    'the CRDs are served',
    () => cluster.tryKubectl(wait),
    ({ code }) => code === 0,
  )
}
