import { isDeepStrictEqual } from 'node:util'
import type { TargetWrite } from '../evidence.ts'
import type { Invariant } from '../violation.ts'

/** 3: a run changes a target at most once, and not after somebody else has. */
export const noDoubleEffect: Invariant = ({ writes }) => {
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

/** What controllers note meanwhile is not of interest. */
function changed(before: TargetWrite, after: TargetWrite): boolean {
  if (!before.after || !after.after) return true
  return !isDeepStrictEqual(content(before), content(after))
}

function content({ after }: TargetWrite): unknown {
  const { annotations } = after?.metadata ?? {}
  return { annotations, labels: (after?.metadata as { labels?: unknown } | undefined)?.labels, spec: after?.spec }
}
