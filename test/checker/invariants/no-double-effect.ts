import { isDeepStrictEqual } from 'node:util'
import type { TargetWrite } from '../evidence.ts'
import { runsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/**
 * 3: a run changes a target at most once, and not again after somebody else has. But while it pauses, a run of another task
 * with an older slot, or the same one, may come late and put its own mark there: then the newer one has the last word.
 */
export const noDoubleEffect: Invariant = ({ tasks, writes }) => {
  const slots = new Map(tasks.flatMap(runsOf).map(({ active }) => [active.id, Date.parse(active.slotTime)]))
  const slotOf = (run: string) => slots.get(run) ?? Number.POSITIVE_INFINITY
  const objects = Map.groupBy(
    writes.filter(({ after }) => after?.metadata.uid !== undefined),
    ({ namespace, target, after }) => `${namespace}/${target} ${after?.metadata.uid}`,
  )
  return [...objects.values()].flatMap(object => [...repeated(object.toSorted(byRevision), slotOf)])
}

function* repeated(writes: readonly TargetWrite[], slotOf: (run: string) => number): Generator<Violation> {
  /** By run: its last write here. */
  const last = new Map<string, number>()
  for (const [at, write] of writes.entries()) {
    const { writer, run, auditId, namespace, target } = write
    if (writer !== 'Rota' || run === undefined) continue
    const first = last.get(run)
    last.set(run, at)
    if (first === undefined) continue
    const [own, before] = [writes[first] as TargetWrite, writes[at - 1] as TargetWrite]
    const isLate = (other: TargetWrite) =>
      other.run !== undefined && other.run !== run && slotOf(other.run) <= slotOf(run)
    if (writes.slice(first + 1, at).some(isLate)) continue
    const about = `${namespace}/${target}`
    if (changed(own, write)) {
      const message = `run ${run} changed ${target} twice: requests ${own.auditId} and ${auditId}`
      yield { invariant: 3, about, message }
    }
    if (before.writer === 'Other' && changed(before, write)) {
      yield {
        invariant: 3,
        about,
        message: `run ${run} changed it once more, after somebody else had (request ${auditId})`,
      }
    }
  }
}

function byRevision(a: TargetWrite, b: TargetWrite): number {
  return Number(a.after?.metadata.resourceVersion) - Number(b.after?.metadata.resourceVersion)
}

/** What controllers note meanwhile is not of interest. */
function changed(before: TargetWrite, after: TargetWrite): boolean {
  if (!before.after || !after.after) return true
  return !isDeepStrictEqual(content(before), content(after))
}

function content({ after }: TargetWrite): unknown {
  const { annotations, labels } = (after?.metadata ?? {}) as { annotations?: unknown; labels?: unknown }
  return { annotations, labels, spec: after?.spec, data: after?.data }
}
