import { SLEEP_ANNOTATION } from '../../src/api/names.ts'
import type { Json } from '../../src/lib/json.ts'
import { mergePatched } from '../builders/merge-patch.ts'
import { idOf, type Level, levelOf, levelPatch, people, type Workload } from './workload.ts'
import type { Report, Sleeper } from './world.ts'

/** What is known of an object besides itself. */
interface Entry {
  /** As it should be now, without what Rota keeps on it. */
  object: Workload
  /** As it was made. */
  readonly first: Workload
  /** Whether somebody has changed it since. */
  touched: boolean
  held: { readonly from: Level; readonly to: Level; readonly holders: readonly string[] } | undefined
  /** A text in the place of Rota's annotation that Rota did not write there. */
  stray: string | undefined
}

/** What sleeping means, said once more and in as few words as can be: what Rota does is held against it. */
export class Expected {
  readonly #entries = new Map<string, Entry>()
  readonly #autoscaled: ReadonlySet<string>

  constructor(workloads: readonly Workload[], autoscaled: readonly string[]) {
    this.#autoscaled = new Set(autoscaled)
    for (const workload of workloads) this.created(workload)
  }

  get objects(): readonly Workload[] {
    return [...this.#entries.values()].map(({ object }) => object)
  }

  created(object: Workload): void {
    const stray = object.metadata.annotations?.[SLEEP_ANNOTATION]
    this.#entries.set(idOf(object), { object, first: object, touched: stray !== undefined, held: undefined, stray })
  }

  removed(object: Workload): void {
    this.#entries.delete(idOf(object))
  }

  /** @param after what has become of it: a server fills in what a patch leaves open */
  patched(after: Workload, body: object): void {
    const entry = this.#entries.get(idOf(after))
    if (!entry) throw new Error(`there is no ${idOf(after)}`)
    entry.touched = true
    entry.object = after
    const annotations = (body as Partial<Workload>).metadata?.annotations as Record<string, string | null> | undefined
    const text = annotations?.[SLEEP_ANNOTATION]
    if (text === undefined) return
    entry.held = undefined
    entry.stray = text ?? undefined
  }

  sleep({ name, sleep }: Sleeper): Report {
    const told = { changed: 0, left: 0, damaged: false }
    for (const entry of this.#entries.values()) {
      const { object, held } = entry
      if (!isChosen(object, sleep)) continue
      const level = levelOf(object)
      const off = typeof level === 'boolean' ? true : sleep.replicas
      const isOff = level <= off && level !== false
      // An edit in its sleep makes a new original.
      const before = held?.to === level ? held : undefined
      if (isOwned(object)) told.left++
      else if (isDamaged(entry)) told.damaged = true
      else if (sleep.replicas > 0 && this.#isAutoscaled(object)) told.left++
      else if (isOff && (!before || before.holders.includes(name))) continue
      else {
        const others = held?.holders.filter(holder => holder !== name) ?? []
        const to = isOff ? level : off
        entry.held = { from: before?.from ?? level, to, holders: [...others, name] }
        entry.object = patchedBy(object, levelPatch(to))
        entry.stray = undefined
        told.changed++
      }
    }
    return told
  }

  wake({ name }: Sleeper): Report {
    const told = { changed: 0, left: 0, damaged: false }
    for (const entry of this.#entries.values()) {
      const { object, held, stray } = entry
      if (stray !== undefined && isOwned(object)) told.left++
      else if (isDamaged(entry)) told.damaged = true
      // A copy of another object's.
      else if (stray !== undefined) told.left++
      if (!held?.holders.includes(name)) continue
      told.changed++
      const others = held.holders.filter(holder => holder !== name)
      const isAsleep = levelOf(object) === held.to
      if (!isAsleep || others.length > 0) told.left++
      entry.held = isAsleep && others.length > 0 ? { ...held, holders: others } : undefined
      if (isAsleep && others.length === 0) entry.object = patchedBy(object, levelPatch(held.from))
    }
    return told
  }

  /** What each object should look like, in the words of `seenAs`. */
  get all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      [...this.#entries].map(([id, { object, held, stray }]) => {
        const kept = held && { from: held.from, to: held.to, holders: held.holders.toSorted() }
        return [id, { ...people(object), kept: kept ?? stray }]
      }),
    )
  }

  /** Those that nobody has changed, as they were made: when all are awake they are so again. */
  get untouched(): Readonly<Record<string, unknown>> {
    const entries = [...this.#entries].filter(([, { touched }]) => !touched)
    return Object.fromEntries(entries.map(([id, { first }]) => [id, { ...people(first), kept: undefined }]))
  }

  #isAutoscaled({ kind, metadata }: Workload): boolean {
    return kind === 'Deployment' && this.#autoscaled.has(metadata.name)
  }
}

/** An object as it is found: what people have put there, and what Rota has kept on it. */
export function seenAs(object: Workload): object {
  const text = object.metadata.annotations?.[SLEEP_ANNOTATION]
  return { ...people(object), kept: text === undefined ? undefined : keptIn(text, object.metadata['uid']) }
}

function keptIn(text: string, uid: unknown): unknown {
  if (text === DAMAGED) return text
  const {
    uid: of,
    from,
    to,
    holders,
  } = JSON.parse(text) as { uid: string; holders: { task: string }[] } & Record<string, Level>
  return of === uid ? { from, to, holders: holders.map(({ task }) => task.replace(/^.*\//, '')).sort() } : text
}

/** What somebody has made of the annotation. */
export const DAMAGED = '{'

function isDamaged({ stray }: Entry): boolean {
  return stray === DAMAGED
}

function isOwned({ metadata }: Workload): boolean {
  return metadata.ownerReferences?.some(({ controller }) => controller) ?? false
}

function isChosen({ metadata }: Workload, { selector, exclude }: Sleeper['sleep']): boolean {
  const has = (wanted: Readonly<Record<string, string>>) =>
    Object.entries(wanted).every(([key, value]) => metadata.labels?.[key] === value)
  if (selector && !has(selector.matchLabels)) return false
  return !exclude?.names?.includes(metadata.name) && !(exclude?.selector && has(exclude.selector.matchLabels))
}

function patchedBy(object: Workload, body: object): Workload {
  return mergePatched(object as unknown as Json, body as unknown as Json) as unknown as Workload
}
