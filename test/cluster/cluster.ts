import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessTo, type ClusterAccess } from './access.ts'
import { auditPolicy as checkedPolicy } from './audit-policy.ts'
import { type ControlPlaneSource, findControlPlane } from './binaries.ts'
import { bootControlPlane, type ControlPlane } from './control-plane.ts'
import { connectTo } from './existing.ts'
import type { ProcessControl } from './processes.ts'
import { type Reaper, startReaper } from './reaper-client.ts'

export interface Cluster extends ClusterAccess {
  readonly apiServer: ProcessControl
  readonly etcd: ProcessControl
  readonly controllerManager: ProcessControl
  readonly scheduler: ProcessControl
  readonly kwok: ProcessControl
  /** Ends the processes and removes the directory. */
  stop(): Promise<void>
}

export interface ClusterOptions {
  /** From `findControlPlane`, unless told. */
  readonly source?: ControlPlaneSource
  /** Fake nodes; 2 unless told. */
  readonly nodes?: number
  readonly apiServerFlags?: readonly string[]
  /** After those that all clusters of tests have: the last one counts. */
  readonly controllerManagerFlags?: readonly string[]
  /** What the API server writes down; what the checker needs, unless told. */
  readonly auditPolicy?: object
}

/** There is nothing to start a cluster from. */
export class ClusterUnavailable extends Error {}

/** A real control plane, ready for Pods; it ends with this process, however that ends. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const source = options.source ?? (await findControlPlane())
  if (source.kind === 'Unavailable') throw new ClusterUnavailable(source.reason)
  if (source.kind === 'Existing') return inDirectory((directory, reaper) => connectTo(source, directory, reaper))
  const { nodes = 2, apiServerFlags = [], controllerManagerFlags = [], auditPolicy = checkedPolicy } = options
  const boot = (): Promise<Cluster> =>
    inDirectory(async (directory, reaper) => {
      const flags = { apiServerFlags, controllerManagerFlags }
      const spec = { binaries: source.directory, directory, reaper, nodes, auditPolicy, ...flags }
      return asCluster(await bootControlPlane(spec), source.directory, directory, reaper)
    })
  for (let attempt = 1; ; attempt++) {
    try {
      return await boot()
    } catch (error) {
      // Between our look and the component's own somebody took the port.
      if (attempt === 3 || !/address already in use/.test(String(error))) throw error
    }
  }
}

/** Gives `work` a directory and a reaper, and ends both should it fail. */
async function inDirectory(work: (directory: string, reaper: Reaper) => Promise<Cluster>): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'rota-cluster-'))
  const reaper = startReaper(directory)
  try {
    return await work(directory, reaper)
  } catch (error) {
    await reaper.reap()
    throw error
  }
}

function asCluster(plane: ControlPlane, binaries: string, directory: string, reaper: Reaper): Cluster {
  const { url, caFile, kubeconfig, auditLog, ...processes } = plane
  const kubectlCommand = join(binaries, 'kubectl')
  let stopped: Promise<void> | undefined
  return {
    ...accessTo({ url, caFile, directory, kubeconfig, auditLog, kubectlCommand }),
    ...processes,
    stop() {
      stopped ??= endAll(Object.values(processes), directory, reaper)
      return stopped
    },
  }
}

async function endAll(processes: readonly ProcessControl[], directory: string, reaper: Reaper): Promise<void> {
  await reaper.reap()
  // All done by now, unless somebody killed the reaper.
  await Promise.all(processes.map(component => component.kill()))
  rmSync(directory, { recursive: true, force: true })
}
