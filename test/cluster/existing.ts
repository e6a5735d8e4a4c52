import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessTo } from './access.ts'
import type { Cluster } from './cluster.ts'
import { isContextAllowed } from './contexts.ts'
import type { ProcessControl } from './processes.ts'
import type { Reaper } from './reaper-client.ts'

/** A cluster that somebody else runs: kind, k3d, minikube … */
export interface ExistingCluster {
  readonly kind: 'Existing'
  readonly kubeconfig: string
  readonly context: string
}

/** Reads TEST_KUBECONFIG's current context; throws where tests have no business with it. */
export function existingCluster(kubeconfig: string, allowList: string | undefined): ExistingCluster {
  if (!existsSync(kubeconfig)) throw new Error(`TEST_KUBECONFIG=${kubeconfig}: there is no such file`)
  const context = kubectlConfig(kubeconfig, 'current-context').trim()
  if (!isContextAllowed(context, allowList)) {
    throw new Error(
      `TEST_KUBECONFIG: refusing to test on context '${context}' of ${kubeconfig}. ` +
        'Allowed are kind-*, k3d-*, minikube and what TEST_ALLOW_CONTEXT names, separated by commas.',
    )
  }
  return { kind: 'Existing', kubeconfig, context }
}

interface View {
  readonly clusters: readonly { readonly cluster: { server: string; 'certificate-authority-data'?: string } }[]
}

/** The same interface as a cluster of our own; what can't be done with somebody else's processes throws. */
export async function connectTo(source: ExistingCluster, directory: string, reaper: Reaper): Promise<Cluster> {
  // A copy of that one context: whoever switches contexts meanwhile does not move the tests to another cluster.
  const view = kubectlConfig(source.kubeconfig, 'view', '--minify', '--raw', '--flatten', '-o', 'json')
  const cluster = (JSON.parse(view) as View).clusters[0]?.cluster
  const ca = cluster?.['certificate-authority-data']
  if (!cluster || !ca) throw new Error(`Context '${source.context}' of ${source.kubeconfig} names no CA certificate`)
  mkdirSync(join(directory, 'kubeconfigs'))
  const kubeconfig = join(directory, 'kubeconfigs', 'admin')
  writeFileSync(kubeconfig, view, { mode: 0o600 })
  const caFile = join(directory, 'ca.crt')
  writeFileSync(caFile, Buffer.from(ca, 'base64'))
  const access = accessTo({ url: cluster.server, caFile, directory, kubeconfig, kubectlCommand: 'kubectl' })
  await access.kubectl(['get', '--raw=/readyz', '--request-timeout=10s'])
  return {
    ...access,
    apiServer: outOfReach('kube-apiserver'),
    etcd: outOfReach('etcd'),
    controllerManager: outOfReach('kube-controller-manager'),
    scheduler: outOfReach('kube-scheduler'),
    kwok: outOfReach('kwok'),
    stop: () => reaper.reap(),
  }
}

function outOfReach(name: string): ProcessControl {
  const refuse = (): never => {
    throw new Error(`${name} belongs to the cluster of TEST_KUBECONFIG: tests cannot stop or start it`)
  }
  const later = async (): Promise<void> => refuse()
  return { name, pid: undefined, logFile: '', kill: later, stop: later, start: later, pause: refuse, resume: refuse }
}

function kubectlConfig(kubeconfig: string, ...args: string[]): string {
  try {
    return execFileSync('kubectl', ['config', ...args, '--kubeconfig', kubeconfig], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string }
    const why = code === 'ENOENT' ? 'kubectl is not on the PATH' : (stderr?.trim() ?? String(error))
    throw new Error(`TEST_KUBECONFIG=${kubeconfig}: ${why}`, { cause: error })
  }
}
