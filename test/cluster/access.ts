import { join } from 'node:path'
import { writeKubeconfig } from './kubeconfig.ts'
import { type KubectlOptions, type KubectlResult, mustKubectl, runKubectl } from './kubectl.ts'

/** Where a running cluster is: plain data, so that it can be handed to other processes. */
export interface ClusterFacts {
  readonly url: string
  readonly caFile: string
  /** For the files of tests; gone when the cluster is. */
  readonly directory: string
  /** The administrator's. */
  readonly kubeconfig: string
  /** One JSON audit event per line; absent on a cluster that is not ours. */
  readonly auditLog?: string
  /** The kubectl that fits the server. */
  readonly kubectlCommand: string
}

/** What can be done with a cluster from any process, its owner's or another. */
export interface ClusterAccess extends ClusterFacts {
  readonly facts: ClusterFacts
  /** As the administrator, unless told; throws with kubectl's own words when it fails. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>
  /** The same, but a failure is an answer as well. */
  tryKubectl(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>
  /** A kubeconfig that acts as the ServiceAccount, with a token (TokenRequest) good for a day. */
  kubeconfigForServiceAccount(namespace: string, name: string): Promise<string>
}

export function accessTo(facts: ClusterFacts): ClusterAccess {
  const environment = {
    command: facts.kubectlCommand,
    kubeconfig: facts.kubeconfig,
    cache: join(facts.directory, 'kubectl-cache'),
  }
  return {
    ...facts,
    facts,
    kubectl: (args, options) => mustKubectl(environment, args, options),
    tryKubectl: (args, options) => runKubectl(environment, args, options),
    async kubeconfigForServiceAccount(namespace, name) {
      const { stdout } = await mustKubectl(environment, ['create', 'token', name, '-n', namespace, '--duration=24h'])
      const path = join(facts.directory, 'kubeconfigs', `${namespace}.${name}`)
      return writeKubeconfig(path, { url: facts.url, caFile: facts.caFile, token: stdout.trim(), namespace })
    },
  }
}
