import type { Kind } from '../../src/api/fault.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { untilServed } from '../cluster/crds.ts'
import { apply } from './cluster.ts'

/** Installs kinds and waits until the API server serves them. */
export async function installKinds(cluster: ClusterAccess, ...kinds: readonly Kind[]): Promise<void> {
  await apply(cluster, kinds.map(customKind))
  const names = kinds.map(({ plural, group }) => `crd/${plural}.${group}`)
  await untilServed(cluster, ...names)
}

/** An object of such a kind. */
export function customObject({ group, version, kind }: Kind, name: string, spec: object): object {
  return { apiVersion: `${group}/${version}`, kind, metadata: { name }, spec }
}

/** A CustomResourceDefinition that takes anything, with a scale subresource where the kind has one. */
export function customKind({ group, kind, plural, version, scale }: Kind): object {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const replicas = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { ...open, properties: { spec: open, status: open } } },
          ...(scale && { subresources: { status: {}, scale: replicas } }),
        },
      ],
    },
  }
}
