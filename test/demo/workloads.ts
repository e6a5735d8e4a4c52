import { SLEEP_ANNOTATION } from '../../src/api/names.ts'

const RESTARTED = 'kubectl.kubernetes.io/restartedAt'

/** A Deployment, a StatefulSet or a CronJob, as far as it is shown. */
export interface Workload {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly replicas?: number
    readonly suspend?: boolean
    readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } }
  }
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number; readonly updatedReplicas?: number }
}

export interface WorkloadRow {
  readonly cells: readonly [namespace: string, workload: string, ready: string, state: string]
  readonly mood: 'Asleep' | 'Moving' | 'Steady'
}

export const WORKLOAD_HEADER = ['NAMESPACE', 'WORKLOAD', 'READY', 'STATE'] as const

export function rowOf(workload: Workload): WorkloadRow {
  const { kind, metadata, spec, status } = workload
  const name = `${kind.toLowerCase()}/${metadata.name}`
  const kept = metadata.annotations?.[SLEEP_ANNOTATION]
  const row = (ready: string, state: string, mood: WorkloadRow['mood']): WorkloadRow => ({
    cells: [metadata.namespace, name, ready, state],
    mood,
  })
  if (kind === 'CronJob') {
    if (kept !== undefined) return row('-', 'asleep: suspended', 'Asleep')
    return row('-', spec.suspend ? 'suspended' : 'not suspended', 'Steady')
  }
  const wanted = spec.replicas ?? 1
  const ready = status?.readyReplicas ?? 0
  const exist = status?.replicas ?? 0
  const isMoving = ready !== wanted || exist !== wanted || (status?.updatedReplicas ?? wanted) < wanted
  const counts = `${ready}/${wanted}`
  if (kept !== undefined) return row(counts, `asleep: ${before(kept)} when awake`, 'Asleep')
  const restarted = spec.template?.metadata?.annotations?.[RESTARTED]
  const state = isMoving ? 'changing' : restarted ? `restarted for ${restarted.slice(11, 16)}` : ''
  return row(counts, state, isMoving ? 'Moving' : 'Steady')
}

function before(kept: string): string {
  try {
    return String((JSON.parse(kept) as { readonly from?: unknown }).from)
  } catch {
    return '?'
  }
}
