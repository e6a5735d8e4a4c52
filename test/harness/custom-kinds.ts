import type { Kind } from '../../src/api/fault.ts'

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

export const SCALED_OBJECTS: Kind = {
  group: 'keda.sh',
  version: 'v1alpha1',
  kind: 'ScaledObject',
  plural: 'scaledobjects',
}
export const ROLLOUTS: Kind = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  scale: true,
}
