import type { TargetWrite } from '../evidence.ts'
import { accountIn, type Run, runsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 13: only in the namespaces of a run, only in the name of its account; 8: and not after its end. */
export const confinement: Invariant = ({ tasks, writes, lastWords }) => {
  const runs = tasks.flatMap(runsOf)
  const byId = Map.groupBy(runs, ({ active }) => active.id)
  const accounts = Map.groupBy(runs.flatMap(staysOf), ({ account }) => account)
  const spansBy = new Map([...accounts].map(([account, stays]) => [account, spansIn(stays)]))
  return writes
    .filter(({ writer }) => writer === 'Rota')
    .flatMap(write => {
      const spans = write.run === undefined ? spansBy.get(write.as ?? '') : spansOf(write, byId.get(write.run))
      // The last requests of a process that is dead, or has given them up, come when they come; it has sent nothing that
      // it might not.
      const at = lastWords?.get(write.auditId) ?? write.received
      return judged(write, at, spans, () => changesNothing(write, writes))
    })
}

/** A run, as one account, in its namespaces. */
interface Stay {
  readonly account: string
  readonly namespaces: readonly string[]
  readonly from: number
  readonly until: number
}

/**
 * An edit of the account ends a run, but not the wake of a deletion, which is the last one: it goes on as whatever account
 * its task names by then, so that one that cannot do it can be exchanged.
 */
function staysOf({ account, active, claim, end, versions }: Run): readonly Stay[] {
  const { namespaces } = active
  const until = end?.answered ?? Number.POSITIVE_INFINITY
  const edited = versions.filter(({ task }) => task.metadata.deletionTimestamp && accountIn(task) !== account)
  return [
    { account, namespaces, from: claim.received, until },
    ...edited.map(({ task, received }) => ({ account: accountIn(task), namespaces, from: received, until })),
  ]
}

/** When runs were active in a namespace: in the order of their beginnings, each with the latest end up to it. */
type Spans = ReadonlyMap<string, readonly { readonly from: number; readonly until: number }[]>

function spansOf({ as }: TargetWrite, runs: readonly Run[] = []): Spans | undefined {
  const mine = runs.flatMap(staysOf).filter(({ account }) => account === as)
  return mine.length > 0 ? spansIn(mine) : undefined
}

function spansIn(stays: readonly Stay[]): Spans {
  const spans = new Map<string, { from: number; until: number }[]>()
  for (const { namespaces, from, until } of stays.toSorted((a, b) => a.from - b.from)) {
    for (const namespace of namespaces) {
      const here = spans.get(namespace) ?? []
      spans.set(namespace, here)
      here.push({ from, until: Math.max(until, here.at(-1)?.until ?? 0) })
    }
  }
  return spans
}

/** By halves: of those that began before, the last one knows the latest end. */
function wasActive(spans: NonNullable<ReturnType<Spans['get']>>, at: number): boolean {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.from ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return (spans[low - 1]?.until ?? Number.NEGATIVE_INFINITY) >= at
}

function judged(write: TargetWrite, at: number, spans: Spans | undefined, isIdle: () => boolean): readonly Violation[] {
  const about = `${write.namespace}/${write.target}`
  const request = `${write.verb} as ${write.as ?? 'Rota itself'} (request ${write.auditId})`
  const say = (invariant: number, message: string) => [{ invariant, about, message: `${message}: ${request}` }]
  if (!spans) return say(13, 'no run of this account was there')
  const here = spans.get(write.namespace)
  if (!here) return say(13, 'not a namespace of the run')
  return wasActive(here, at) || isIdle() ? [] : say(8, 'no run was active then')
}

/** The last request of a process that is dead may come late; then an earlier write has left the object as this one does. */
function changesNothing({ after, received, auditId }: TargetWrite, writes: readonly TargetWrite[]): boolean {
  const { uid, resourceVersion } = after?.metadata ?? {}
  return writes.some(other => {
    const { metadata } = other.after ?? {}
    const isEarlier = other.auditId !== auditId && other.answered <= received
    return isEarlier && resourceVersion && metadata?.uid === uid && metadata?.resourceVersion === resourceVersion
  })
}
