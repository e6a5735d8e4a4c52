import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Client } from '../../src/kube/client.ts'
import { connect } from '../../src/kube/connection.ts'
import { systemClock } from '../../src/system-clock.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { type Api, apiOf } from '../harness/api.ts'
import { testAccount } from '../harness/cluster.ts'

/** Where stories are played. */
export interface Theatre {
  readonly cluster: ClusterAccess
  readonly api: Api
  /** An operator to be started as a process: in one file, which takes half the time. */
  readonly operatorMain: string
  /** A namespace with an account that may do there what its administrators may. */
  furnish(namespace: string): Promise<void>
}

export async function theatreOn(cluster: ClusterAccess, operatorMain: string): Promise<Theatre> {
  const client = new Client(await connect(cluster.kubeconfig), systemClock(), () => undefined)
  const create = (path: string, resource: string, body: object) =>
    client.request({ method: 'POST', verb: 'create', path, resource, body, query: { fieldManager: 'test' } })
  return {
    cluster,
    api: await apiOf(cluster),
    operatorMain,
    async furnish(namespace) {
      const metadata = { name: testAccount, namespace }
      await create('/api/v1/namespaces', 'namespaces', { metadata: { name: namespace } })
      await Promise.all([
        create(`/api/v1/namespaces/${namespace}/serviceaccounts`, 'serviceaccounts', { metadata }),
        create(`/apis/${RBAC}/v1/namespaces/${namespace}/rolebindings`, `rolebindings.${RBAC}`, {
          metadata,
          roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' },
          subjects: [{ kind: 'ServiceAccount', name: testAccount, namespace }],
        }),
      ])
    },
  }
}

const RBAC = 'rbac.authorization.k8s.io'

/** Puts harness/operator-main.ts into one file, and answers its path: a folder below package.json, as the source is. */
export async function bundledOperator(): Promise<string> {
  const outfile = fileURLToPath(new URL('../../.cache/sweep-operator.mjs', import.meta.url))
  await build({
    entryPoints: [fileURLToPath(new URL('../harness/operator-main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'warning',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  })
  return outfile
}
