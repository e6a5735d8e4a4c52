import type { Client } from './client.ts'

interface Scale {
  readonly spec?: { readonly replicas?: number }
}

/** The number of replicas of a Deployment. */
export interface Replicas {
  /** @throws FaultError */
  read(): Promise<number>
  /** @throws FaultError */
  write(replicas: number): Promise<void>
}

export function replicasOf(client: Client, namespace: string, name: string): Replicas {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`
  const about = { path, resource: 'deployments/scale.apps', namespace }
  return {
    async read() {
      const { spec } = await client.request<Scale>({ method: 'GET', verb: 'get', ...about })
      return spec?.replicas ?? 0
    },
    async write(replicas) {
      await client.request({ method: 'PATCH', verb: 'patch', body: { spec: { replicas } }, ...about })
    },
  }
}
