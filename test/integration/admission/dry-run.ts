import { ApiException, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node'
import { GROUP, KIND, PLURAL, VERSION } from '../../../src/api/names.ts'

export type Verdict = { readonly accepted: Record<string, unknown> } | { readonly refused: string }

/** Asks the API server what it thinks of a ScheduledTask, as `kubectl create --dry-run=server` does: unknown fields are refused. */
export function dryRun(kubeconfig: string): (spec: object, name?: string) => Promise<Verdict> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const api = config.makeApiClient(CustomObjectsApi)
  return async (spec, name = 'task') => {
    try {
      const accepted = await api.createNamespacedCustomObject({
        group: GROUP,
        version: VERSION,
        plural: PLURAL,
        namespace: 'default',
        dryRun: 'All',
        fieldValidation: 'Strict',
        body: { apiVersion: `${GROUP}/${VERSION}`, kind: KIND, metadata: { name }, spec },
      })
      return { accepted }
    } catch (error) {
      if (!(error instanceof ApiException)) throw error
      const body: unknown = typeof error.body === 'string' ? JSON.parse(error.body) : error.body
      return { refused: (body as { message: string }).message }
    }
  }
}
