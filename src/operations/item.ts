import type { Kind } from '../api/fault.ts'

/** What an operation sees of an object. Of spec and status only what some operation looks at has a type here. */
export interface Item {
  readonly kind: Kind
  readonly metadata: {
    readonly namespace: string
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly finalizers?: readonly string[]
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly {
      readonly apiVersion?: string
      readonly kind: string
      readonly name: string
      readonly uid?: string
      readonly controller?: boolean
    }[]
    readonly managedFields?: readonly ManagedFields[]
  }
  readonly spec?: {
    readonly replicas?: number
    readonly suspend?: boolean
    readonly paused?: boolean
    /** Of a pod. */
    readonly containers?: readonly Container[]
    readonly template?: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
      readonly spec?: PodSpec
    }
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> }
    /** Of an autoscaler. */
    readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name: string }
    readonly minReplicaCount?: number
  }
  readonly status?: {
    readonly phase?: string
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly desiredNumberScheduled?: number
    readonly updatedNumberScheduled?: number
    readonly numberReady?: number
    readonly active?: number
    readonly conditions?: readonly StatusCondition[]
    /** Of a Job: pods that are ready, and that have failed. */
    readonly ready?: number
    readonly failed?: number
    /** Of a pod. */
    readonly reason?: string
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
  /** What the scale subresource says, where that is what counts. */
  readonly scale?: { readonly replicas: number; readonly running: number }
}

export interface ContainerStatus {
  readonly name: string
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string }
    readonly terminated?: { readonly exitCode: number; readonly reason?: string }
  }
}

export interface StatusCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

export interface ManagedFields {
  readonly manager: string
  readonly operation?: string
  readonly time?: string
  readonly subresource?: string
  readonly fieldsV1?: object
}

/** Quantities of resources, such as `{cpu: 500m, memory: 1Gi}`. */
export type Requests = Readonly<Record<string, string>>

export interface Container {
  readonly name?: string
  readonly restartPolicy?: string
  readonly resources?: { readonly requests?: Requests }
}

export interface PodSpec {
  readonly containers?: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly overhead?: Requests
  /** Of the pod as a whole. */
  readonly resources?: { readonly requests?: Requests }
}
