import type { Instant } from '../lib/instant.ts'

/** A run that is ready but for its namespaces. */
export interface Lined {
  readonly key: string
  readonly uid: string
  readonly slotTime: Instant
  readonly namespaces: readonly string[]
}

export interface LineUp {
  /** They take all their namespaces now. */
  readonly admitted: readonly Lined[]
  /** Key of a waiting task → key of the task that it waits for, and where. */
  readonly blocked: ReadonlyMap<string, { readonly by: string; readonly namespace: string }>
}

/**
 * Runs that change one namespace go one after the other, in the order of their slots: a run gets all its namespaces at
 * once or none, and nobody with a later slot overtakes there (it would starve a run over many namespaces).
 */
export function lineUp(waiting: Iterable<Lined>, held: ReadonlyMap<string, string>): LineUp {
  const taken = new Map(held)
  const admitted: Lined[] = []
  const blocked = new Map<string, { by: string; namespace: string }>()
  for (const run of [...waiting].sort(bySlot)) {
    const namespace = run.namespaces.find(name => taken.has(name))
    if (namespace === undefined) admitted.push(run)
    else blocked.set(run.key, { by: taken.get(namespace) ?? '', namespace })
    for (const name of run.namespaces) if (!taken.has(name)) taken.set(name, run.key)
  }
  return { admitted, blocked }
}

function bySlot(a: Lined, b: Lined): number {
  return a.slotTime - b.slotTime || (a.uid < b.uid ? -1 : 1)
}
