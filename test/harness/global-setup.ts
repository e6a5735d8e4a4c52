import { basename } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findControlPlane } from '../cluster/binaries.ts'
import { type Cluster, startCluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { runLabel } from './shared.ts'

let cluster: Cluster | undefined
let runId = ''

export async function setup(project: TestProject): Promise<void> {
  const source = await findControlPlane()
  if (source.kind === 'Unavailable') {
    if (process.env['CI']) throw new Error(source.reason)
    console.warn(`\n!!! INTEGRATION TESTS ARE SKIPPED: ${source.reason}\n`)
    project.provide('cluster', { kind: 'Unavailable' })
    return
  }
  cluster = await startCluster({ source })
  runId = basename(cluster.directory)
  try {
    await installCrds(cluster)
  } catch (error) {
    await cluster.stop()
    throw error
  }
  project.provide('cluster', { kind: 'Running', facts: cluster.facts, runId })
}

export async function teardown(): Promise<void> {
  if (!cluster) return
  const outlivesUs = cluster.apiServer.pid === undefined
  if (outlivesUs) await cluster.tryKubectl(['delete', 'namespace', '-l', `${runLabel}=${runId}`, '--wait=false'])
  await cluster.stop()
}
