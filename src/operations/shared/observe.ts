import { type Fault, faultIn, type Kind } from '../../api/fault.ts'
import type { Reader, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { distinct, kindNamed } from './kinds.ts'

/** Calls of one run under way at once: fifty namespaces must not take all connections. */
const AT_ONCE = 8

/** The kinds of these names, and why others are none. A fault of the server stays one too. */
export async function kindsNamed(
  names: readonly string[],
  read: Reader,
  optional: readonly string[] = [],
  problem: (kind: Kind) => string | undefined = () => undefined,
) {
  const kinds: Kind[] = []
  const faults: Fault[] = []
  for (const name of names) {
    try {
      const kind = await kindNamed(name, read)
      const message = problem(kind)
      if (message === undefined) kinds.push(kind)
      else faults.push({ class: 'Invalid', reason: 'UnsuitableKind', message })
    } catch (error) {
      const fault = faultIn(error)
      if (fault.reason !== 'UnknownKind' || !optional.includes(name)) faults.push(fault)
    }
  }
  return { kinds: distinct(kinds), faults }
}

/**
 * Lists these kinds in all namespaces of the run. What cannot be listed becomes a fault and the rest goes on: the run
 * will fail, but everything that it may do is done. A namespace that is gone has nothing in it.
 */
export async function listAll(read: Reader, kinds: readonly Kind[], run: RunContext): Promise<Seen> {
  const places = run.namespaces.flatMap(namespace => kinds.map(kind => ({ namespace, kind })))
  const lists = await inTurns(places, ({ kind, namespace }) => listOne(read, kind, namespace))
  return { items: lists.flatMap(({ items }) => items), faults: lists.flatMap(({ faults }) => faults) }
}

/** The same objects, with what the scale subresource of those says whose kind has no other way; it may say nothing. */
export async function withScale(read: Reader, { items, faults }: Seen): Promise<Seen> {
  const more: Fault[] = []
  const scaled = await inTurns(items, async (item): Promise<readonly Item[]> => {
    if (!item.kind.scale) return [item]
    try {
      return [await read.scaled(item)]
    } catch (error) {
      const fault = faultIn(error)
      if (fault.reason === 'NoReplicas') return [item]
      // Gone since it was listed.
      if (fault.class !== 'Gone') more.push(fault)
      return []
    }
  })
  return { items: scaled.flat(), faults: [...faults, ...more] }
}

/** A list whose next page the server has forgotten is begun again, this often in all. */
const LISTED = 3

async function listOne(read: Reader, kind: Kind, namespace: string): Promise<Seen> {
  for (let time = 1; ; time++) {
    const items: Item[] = []
    try {
      for await (const page of read.list(kind, namespace)) items.push(...page)
      return { items, faults: [] }
    } catch (error) {
      const fault = faultIn(error)
      if (fault.reason !== 'Expired' || time === LISTED) return { items, faults: [fault] }
    }
  }
}

/** All results, in order; so many calls under way at once. */
export async function inTurns<T, R>(things: readonly T[], one: (thing: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (let at = 0; at < things.length; at += AT_ONCE) {
    results.push(...(await Promise.all(things.slice(at, at + AT_ONCE).map(one))))
  }
  return results
}
