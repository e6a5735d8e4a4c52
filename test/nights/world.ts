import type { Workload, WorkloadKind } from './workload.ts'

/** A task that sleeps on request, and wakes on request. */
export interface Sleeper {
  readonly name: string
  readonly sleep: {
    readonly replicas: number
    readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> }
    readonly exclude?: {
      readonly names?: readonly string[]
      readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> }
    }
  }
}

/** What a run says it did. */
export interface Report {
  readonly changed: number
  /** How many were left out, with reasons. */
  readonly left: number
  /** Whether it failed by what cannot be restored. */
  readonly damaged: boolean
}

/** Where nights are spent: a model, or a cluster. */
export interface World {
  /** @returns the object as it is kept there */
  create(workload: Workload): Promise<Workload>
  /** A merge patch. @returns what has become of the object */
  patch(kind: WorkloadKind, name: string, body: object): Promise<Workload>
  remove(kind: WorkloadKind, name: string): Promise<void>
  /** An autoscaler for each of these Deployments. */
  autoscale(names: readonly string[]): Promise<void>
  all(): Promise<readonly Workload[]>
  run(sleeper: Sleeper, does: 'sleep' | 'wake'): Promise<Report>
}
