import type { Kind } from '../../api/fault.ts'
import { CRON_JOB, nameOf, REPLICATED, SCALED_OBJECT } from '../../api/kinds.ts'
import type { Item } from '../item.ts'

/**
 * How much an object runs: a number of replicas; for a CronJob whether it is suspended; for a ScaledObject the replicas
 * that it is paused at, as its annotation says it, or `null`.
 */
export type Level = number | boolean | string | null

/** The annotation by which KEDA keeps the target of a ScaledObject at a number of replicas. */
const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas'

/** The annotation by which people stop KEDA from scaling, at what runs just then. */
const PAUSED = 'autoscaling.keda.sh/paused'

export function isScaledObject({ kind }: Item): boolean {
  return kind.kind === SCALED_OBJECT.kind && kind.group === SCALED_OBJECT.group
}

/** Whether people have told a ScaledObject to stand still, as KEDA reads it: then it scales nothing. */
export function standsStill(item: Item): boolean {
  const { [PAUSED]: paused, [PAUSED_REPLICAS]: replicas } = item.metadata.annotations ?? {}
  return (
    isScaledObject(item) &&
    paused !== undefined &&
    replicas === undefined &&
    !/^(0|f|F|false|False|FALSE)$/.test(paused)
  )
}

/** Why no number of replicas can be set for a kind. `alsoSleeps`: besides, it can be suspended or paused. */
export function unscalable(kind: Kind, alsoSleeps: boolean): string | undefined {
  const name = nameOf(kind)
  if (kind.scale || REPLICATED.includes(name)) return undefined
  const sleeps = name === CRON_JOB.kind || name === nameOf(SCALED_OBJECT)
  return alsoSleeps && sleeps ? undefined : `${name} cannot be scaled: write another kind`
}

/** Replicas default to 1 and suspend to false, as the API server does. */
export function levelOf(item: Item): Level {
  if (item.kind.kind === CRON_JOB.kind && item.kind.group === CRON_JOB.group) return item.spec?.suspend ?? false
  if (isScaledObject(item)) return item.metadata.annotations?.[PAUSED_REPLICAS] ?? null
  return item.scale?.replicas ?? item.spec?.replicas ?? 1
}

/** Where in the object its level stands. */
export function pathOfLevel(item: Item): readonly string[] {
  if (isScaledObject(item)) return ['metadata', 'annotations', PAUSED_REPLICAS]
  return ['spec', typeof levelOf(item) === 'boolean' ? 'suspend' : 'replicas']
}

/** Whether a level can be one of this object. */
export function fits(level: Level, item: Item): boolean {
  return sortOf(level) === sortOf(levelOf(item))
}

/** What it is when nothing runs, or no more than so many replicas. */
export function offLevel(item: Item, replicas: number): Level {
  const current = levelOf(item)
  if (typeof current === 'number') return replicas
  return typeof current === 'boolean' ? true : String(replicas)
}

/** Whether it runs no more than that, so that going there would not turn anything off. */
export function isAtMost(level: Level, most: Level): boolean {
  if (typeof level === 'number' && typeof most === 'number') return level <= most
  if (typeof level === 'boolean') return level || most === false
  return level !== null && Number(level) <= Number(most)
}

export interface Change {
  readonly spec?: { readonly replicas: number } | { readonly suspend: boolean }
  readonly annotations?: { readonly [PAUSED_REPLICAS]: string | null }
  /** By the scale subresource. */
  readonly scale?: number
}

/** The change that brings an object to a level. */
export function changeTo(level: Level, item: Item): Change {
  if (typeof level === 'number') return item.kind.scale ? { scale: level } : { spec: { replicas: level } }
  return typeof level === 'boolean' ? { spec: { suspend: level } } : { annotations: { [PAUSED_REPLICAS]: level } }
}

/** `replicas 3`, `suspended`, `paused at 0`. */
export function described(level: Level): string {
  if (typeof level === 'number') return `replicas ${level}`
  if (typeof level === 'boolean') return level ? 'suspended' : 'not suspended'
  return level === null ? 'not paused' : `paused at ${level}`
}

/** `replicas 3 → 0`, `suspended`. */
export function step(from: Level, to: Level): string {
  return typeof to === 'number' ? `replicas ${from} → ${to}` : described(to)
}

function sortOf(level: Level): string {
  return level === null ? 'string' : typeof level
}
