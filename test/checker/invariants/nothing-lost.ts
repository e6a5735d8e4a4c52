import type { Stored, TargetWrite, TaskLife } from '../evidence.ts'
import { type Run, runsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

const SLEEP = 'rota.dev/sleep'
const LEVELS: Readonly<Record<string, string>> = {
  deployments: 'replicas',
  statefulsets: 'replicas',
  cronjobs: 'suspend',
}

interface Kept {
  readonly uid: string
  readonly from: unknown
  readonly to: unknown
  readonly holders: readonly Holder[]
}

interface Holder {
  readonly task: string
  readonly uid: string
}

interface State {
  readonly uid?: string | undefined
  readonly level: unknown
  readonly kept?: Kept | undefined
}

/**
 * 10: what a sleep replaces is kept in the same write, and stays kept; 11: a wake puts it back;
 * 12: unless somebody else has changed it, then that stays; and nobody ends the sleep of another task. For the kinds whose value and note are one object.
 */
export const nothingLost: Invariant = ({ tasks, writes, unlisted }) => {
  const runs = new Map(tasks.flatMap(runsOf).map(run => [run.active.id, run]))
  // What is being deleted goes with the write that takes its last finalizer off.
  const isStaying = ({ gone, versions }: TaskLife) => !gone && !versions.at(-1)?.task.metadata.deletionTimestamp
  // Who is not told of a task takes it for gone, and whom nobody knows holds nothing.
  const isKnown = ({ uid }: TaskLife) => !unlisted?.has(uid)
  const alive = new Set(tasks.filter(life => isStaying(life) && isKnown(life)).map(({ uid }) => uid))
  const objects = Map.groupBy(
    writes.filter(({ resource, after }) => resource in LEVELS && after),
    ({ namespace, resource, target }) => `${namespace}/${resource}/${target.split('/')[1]}`,
  )
  return [...objects].flatMap(([about, all]) => {
    let before: State | undefined
    return all.toSorted(byRevision).flatMap(write => {
      const then = before
      before = stateAfter(write, then)
      const run = runs.get(write.run ?? '')
      const operation = run?.active.operation
      if (write.writer !== 'Rota' || !run || !then || then.uid !== before.uid) return []
      if (operation !== 'sleep' && operation !== 'wake') return []
      const fault = lost(then, before) ?? pushedOut(then, before, run, alive)
      return fault ? [{ invariant: fault[0], about, message: `${fault[1]} (request ${write.auditId})` }] : []
    })
  })
}

type Fault = readonly [invariant: number, message: string]

function lost(then: State, now: State): Fault | undefined {
  const isEdited = then.kept && then.level !== then.kept.to
  const isCopy = then.kept && then.kept.uid !== now.uid
  if (now.kept) {
    const expected = then.kept && !isEdited && !isCopy ? then.kept.from : then.level
    if (now.kept.from === expected || now.kept.from === then.kept?.from) return undefined
    return [10, `kept ${now.kept.from} where ${expected} was`]
  }
  if (!then.kept)
    return now.level === then.level ? undefined : [10, `${then.level} became ${now.level}, and is kept nowhere`]
  if (isEdited || isCopy) {
    return now.level === then.level ? undefined : [12, `somebody's ${then.level} became ${now.level}`]
  }
  return now.level === then.kept.from ? undefined : [11, `${then.kept.from} was kept, ${now.level} came back`]
}

/** The wake task ends everybody's sleep; what has been edited nobody holds any more. */
function pushedOut(then: State, now: State, { life, claim }: Run, alive: ReadonlySet<string>): Fault | undefined {
  if (!then.kept || then.level !== then.kept.to || then.kept.uid !== now.uid) return undefined
  if (claim.task.spec.operation.wake) return undefined
  const others = then.kept.holders.filter(({ task, uid }) => task !== life.key && uid !== life.uid && alive.has(uid))
  const out = others.find(({ uid }) => !now.kept?.holders.some(holder => holder.uid === uid))
  return out && [11, `${out.task} held it asleep, and does so no more`]
}

function stateAfter({ resource, subresource, after }: TargetWrite, then: State | undefined): State {
  const level = after?.spec?.[LEVELS[resource] ?? ''] ?? (resource === 'cronjobs' ? false : undefined)
  if (subresource) return { ...then, uid: then?.uid ?? after?.metadata.uid, level }
  return { uid: after?.metadata.uid, level, kept: keptBy(after) }
}

function keptBy(object: Stored | undefined): Kept | undefined {
  const text = object?.metadata.annotations?.[SLEEP]
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Kept
  } catch {
    return undefined
  }
}

function byRevision(a: TargetWrite, b: TargetWrite): number {
  return Number(a.after?.metadata.resourceVersion) - Number(b.after?.metadata.resourceVersion)
}
