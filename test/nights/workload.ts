import type { Dice } from '../builders/dice.ts'

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'CronJob'
export type Level = number | boolean

/** A workload as people write it, or as a server keeps it. */
export interface Workload {
  readonly kind: WorkloadKind
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly Owner[]
    readonly [key: string]: unknown
  }
  readonly spec: {
    readonly replicas?: number
    readonly suspend?: boolean
    readonly [key: string]: unknown
  }
  readonly [key: string]: unknown
}

export interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

/** Its name in a namespace: `Deployment/web`. */
export function idOf({ kind, metadata }: Pick<Workload, 'kind' | 'metadata'>): string {
  return `${kind}/${metadata.name}`
}

export function levelOf({ kind, spec }: Workload): Level {
  return kind === 'CronJob' ? (spec.suspend ?? false) : (spec.replicas ?? 1)
}

/** As a merge patch. */
export function levelPatch(level: Level): { readonly spec: object } {
  return { spec: typeof level === 'number' ? { replicas: level } : { suspend: level } }
}

/** What a controller of the cluster writes, a server fills in, or Rota notes of its runs. */
const OTHERS = ['rota.dev/sleep', 'rota.dev/last-run', 'deployment.kubernetes.io/revision']

/** All that people have put there, and which object it is. */
export function people({ kind, metadata, spec }: Workload): object {
  const { resourceVersion: _, generation: _generation, managedFields: _fields, annotations = {}, ...rest } = metadata
  const own = Object.entries(annotations).filter(([key]) => !OTHERS.includes(key))
  const level = levelPatch(levelOf({ kind, metadata, spec })).spec
  return { kind, metadata: { ...rest, annotations: Object.fromEntries(own) }, spec: { ...spec, ...level } }
}

const KINDS: readonly WorkloadKind[] = ['Deployment', 'Deployment', 'StatefulSet', 'CronJob']

/** Any workload: of each kind, running or not, with and without what sleeping looks at. Nothing of it ever starts a pod that runs. */
export function anyWorkload(chance: Dice, name: string, owner: Owner, kind = chance.of(KINDS)): Workload {
  const oneIn = (n: number) => chance.below(n) === 0
  const labels = { ...(!oneIn(3) && { tier: chance.of(['front', 'back']) }), ...(oneIn(4) && { team: 'x' }) }
  return {
    apiVersion: kind === 'CronJob' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: {
      name,
      labels,
      ...(oneIn(2) && { annotations: { note: `note ${chance.below(9)}` } }),
      ...(oneIn(8) && { ownerReferences: [{ ...owner, controller: !oneIn(3) }] }),
    },
    spec: { ...specOf(kind, name), ...anyLevel(chance, kind) },
  }
}

function anyLevel(chance: Dice, kind: WorkloadKind): object {
  if (chance.below(5) === 0) return {}
  return kind === 'CronJob' ? { suspend: chance.below(3) === 0 } : { replicas: chance.below(6) }
}

function specOf(kind: WorkloadKind, name: string): object {
  const matchLabels = { app: name }
  const template = {
    metadata: { labels: matchLabels },
    spec: { ...podSpec(1), schedulingGates: [{ name: 'a.b/never' }] },
  }
  if (kind === 'Deployment') return { paused: true, selector: { matchLabels }, template }
  if (kind === 'StatefulSet') return { serviceName: name, selector: { matchLabels }, template }
  return { schedule: '0 0 1 1 *', jobTemplate: jobTemplate(1) }
}

function podSpec(version: number) {
  return { containers: [{ name: 'main', image: `example.invalid/app:${version}` }] }
}

function jobTemplate(version: number) {
  return { spec: { template: { spec: { restartPolicy: 'Never', ...podSpec(version) } } } }
}

/** Another image, as a merge patch. */
export function imagePatch(kind: WorkloadKind, version: number): { readonly spec: object } {
  return { spec: kind === 'CronJob' ? { jobTemplate: jobTemplate(version) } : { template: { spec: podSpec(version) } } }
}
