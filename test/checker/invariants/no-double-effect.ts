import { isDeepStrictEqual } from 'node:util'
import type { Evidence, TargetWrite } from '../evidence.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 3: a run changes a target at most once, and not again after somebody else has. */
export const noDoubleEffect: Invariant = evidence => [...twice(evidence), ...afterOthers(evidence)]

function twice({ writes }: Evidence): readonly Violation[] {
  const groups = Map.groupBy(
    writes.filter(({ writer, run }) => writer === 'Rota' && run !== undefined),
    ({ run, namespace, target, after }) => `${run} ${namespace} ${target} ${after?.metadata.uid ?? ''}`,
  )
  return [...groups.values()].flatMap(group => {
    const [first, ...rest] = group as [TargetWrite, ...TargetWrite[]]
    const again = rest.find((write, index) => changed(group[index] as TargetWrite, write))
    if (!again) return []
    const message = `run ${first.run} changed ${first.target} twice: requests ${first.auditId} and ${again.auditId}`
    return [{ invariant: 3, about: `${first.namespace}/${first.target}`, message }]
  })
}

function afterOthers({ writes }: Evidence): readonly Violation[] {
  const objects = Map.groupBy(
    writes.filter(({ after }) => after?.metadata.uid !== undefined),
    ({ namespace, target, after }) => `${namespace}/${target} ${after?.metadata.uid}`,
  )
  return [...objects.values()].flatMap(object => {
    const done = new Set<string>()
    return object.toSorted(byRevision).flatMap((write, index, all) => {
      const { writer, run, auditId, namespace, target } = write
      if (writer !== 'Rota' || run === undefined) return []
      const before = all[index - 1]
      const again = done.has(run) && before?.writer === 'Other' && changed(before, write)
      done.add(run)
      const message = `run ${run} changed it once more, after somebody else had (request ${auditId})`
      return again ? [{ invariant: 3, about: `${namespace}/${target}`, message }] : []
    })
  })
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
