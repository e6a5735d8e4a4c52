import { FaultError, type Kind } from '../../api/fault.ts'
import type { Item, Reader, RunContext, Seen } from '../contract.ts'

/** Lists of one run under way at once: fifty namespaces must not take all connections. */
const AT_ONCE = 8

/**
 * Lists these kinds in all namespaces of the run. What cannot be listed becomes a fault and the rest goes on: the run
 * will fail, but everything that it may do is done. A namespace that is gone has nothing in it.
 */
export async function listAll(read: Reader, kinds: readonly Kind[], run: RunContext): Promise<Seen> {
  const places = run.namespaces.flatMap(namespace => kinds.map(kind => ({ namespace, kind })))
  const lists: Seen[] = []
  for (let at = 0; at < places.length; at += AT_ONCE) {
    const some = places.slice(at, at + AT_ONCE)
    lists.push(...(await Promise.all(some.map(({ kind, namespace }) => listOne(read, kind, namespace)))))
  }
  return { items: lists.flatMap(({ items }) => items), faults: lists.flatMap(({ faults }) => faults) }
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
      if (!(error instanceof FaultError)) throw error
      if (error.fault.reason !== 'Expired' || time === LISTED) return { items, faults: [error.fault] }
    }
  }
}
