import type { ClusterFacts } from '../cluster/access.ts'

/** The cluster that all integration tests share, as told to their workers. */
export type SharedCluster =
  | { readonly kind: 'Running'; readonly facts: ClusterFacts; readonly runId: string }
  | { readonly kind: 'Unavailable' }

declare module 'vitest' {
  interface ProvidedContext {
    cluster: SharedCluster
  }
}

/** On every namespace of ours, so that they can be removed from a cluster that outlives the tests. */
export const runLabel = 'rota-test-run'
