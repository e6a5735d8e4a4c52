import type { Kind } from '../../src/api/fault.ts'
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, STATEFUL_SET } from '../../src/api/kinds.ts'
import { LAST_RUN_ANNOTATION, SLEEP_ANNOTATION } from '../../src/api/names.ts'
import type { Json } from '../../src/lib/json.ts'
import type { Action, Holder, Plan, RunContext } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { carriedOut } from './model-server.ts'

/** What a sleep looks at unless its spec names other kinds, but for KEDA's. */
export const SLEEPING_KINDS: readonly Kind[] = [DEPLOYMENT, STATEFUL_SET, CRON_JOB]

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

interface ItemOptions {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly version?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly owner?: {
    readonly kind: string
    readonly name: string
    readonly uid?: string
    readonly controller?: boolean
  }
  readonly terminating?: boolean
  readonly spec?: Item['spec']
  readonly status?: Item['status']
  /** Time of creation, RFC 3339. */
  readonly created?: string
}

export function item(kind: Kind, options: ItemOptions = {}): Item {
  const { name = 'web', namespace = 'team-a', labels, annotations, owner, spec, status, created } = options
  return {
    kind,
    metadata: {
      namespace,
      name,
      uid: options.uid ?? `uid-of-${kind.kind}-${namespace}-${name}`,
      resourceVersion: options.version ?? '1',
      ...(created !== undefined && { creationTimestamp: created }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(options.terminating && { deletionTimestamp: '2026-01-05T00:00:00Z' }),
      ...(owner && { ownerReferences: [{ controller: true, ...owner }] }),
    },
    ...(spec && { spec }),
    ...(status && { status }),
  }
}

export function deployment(replicas: number | undefined, options: ItemOptions = {}): Item {
  return item(DEPLOYMENT, { spec: replicas === undefined ? {} : { replicas }, ...options })
}

export function statefulSet(replicas: number, options: ItemOptions = {}): Item {
  return item(STATEFUL_SET, { name: 'db', spec: { replicas }, ...options })
}

export function daemonSet(options: ItemOptions = {}): Item {
  return item(DAEMON_SET, { name: 'agent', spec: {}, ...options })
}

export function cronJob(suspend: boolean | undefined, options: ItemOptions = {}): Item {
  return item(CRON_JOB, { name: 'report', spec: suspend === undefined ? {} : { suspend }, ...options })
}

/** By its scale subresource; without a number it says none. */
export function rollout(replicas: number | undefined, options: ItemOptions = {}): Item {
  const made = item(ROLLOUTS, options)
  return replicas === undefined ? made : { ...made, scale: { replicas, running: replicas } }
}

/** One that scales the Deployment `web`. */
export function scaledObject(annotations: Readonly<Record<string, string>> = {}, options: ItemOptions = {}): Item {
  return item(SCALED_OBJECTS, { name: 'queue', annotations, spec: { scaleTargetRef: { name: 'web' } }, ...options })
}

/** A run of the task team-a/nights-off at a Monday's 20:00; no holder's task is gone. */
export function runOf(changes: Partial<RunContext> = {}): RunContext {
  return {
    id: 'run-1',
    operation: 'sleep',
    slotTime: Date.UTC(2026, 0, 5, 20),
    namespaces: ['team-a'],
    task: { key: 'team-a/nights-off', namespace: 'team-a', name: 'nights-off', uid: 'uid-of-nights-off' },
    timeoutSeconds: 30,
    changed: [],
    isGone: async () => false,
    ...changes,
  }
}

export function holder(name: string, changes: Partial<Holder> = {}): Holder {
  return { task: `team-a/${name}`, uid: `uid-of-${name}`, run: `run-of-${name}`, ...changes }
}

/** The holder that a run of `runOf` writes. */
export const OWN: Holder = { task: 'team-a/nights-off', uid: 'uid-of-nights-off', run: 'run-0' }

/** The same object with a sleep on it; `state` is laid over what a sleep from `from` would have kept. */
export function withSleep(
  of: Item,
  from: number | boolean | string | null,
  state: Readonly<Record<string, Json>> = {},
): Item {
  const to = typeof from === 'number' ? 0 : typeof from === 'boolean' ? true : '0'
  return annotated(of, {
    [SLEEP_ANNOTATION]: JSON.stringify({ v: 1, uid: of.metadata.uid, from, to, holders: [{ ...OWN }], ...state }),
  })
}

export function annotated(of: Item, annotations: Readonly<Record<string, string>>): Item {
  return { ...of, metadata: { ...of.metadata, annotations: { ...of.metadata.annotations, ...annotations } } }
}

/** What the sleep on an object says, if there is one. */
export function sleepOn(of: Item | undefined): unknown {
  const text = of?.metadata.annotations?.[SLEEP_ANNOTATION]
  return text === undefined ? undefined : JSON.parse(text)
}

/** Without what Rota notes about its runs, and without the version: what people have put there. */
export function people(of: Item): Item {
  const { [LAST_RUN_ANNOTATION]: _, ...annotations } = of.metadata.annotations ?? {}
  return { ...of, metadata: { ...of.metadata, resourceVersion: '', annotations } }
}

/** The objects after a plan's actions, as the API server would leave them. @throws Error for a missed precondition */
export function applied(plan: Pick<Plan, 'actions'>, items: readonly Item[]): readonly Item[] {
  return plan.actions.reduce((before, action) => {
    const after = carriedOut(before, action)
    if ('class' in after) throw new Error(`${after.class}: ${action.says}`)
    return after.items
  }, items)
}

/** What an action would send as a patch, and on which version. @throws Error for other actions */
export function patchIn(action: Action | undefined): { readonly version: string; readonly body: Json } {
  if (action?.do !== 'Patch') throw new Error(`'${action?.says}' must be a merge patch`)
  return { version: action.version, body: action.body }
}
