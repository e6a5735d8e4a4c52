import type { TargetWrite } from '../evidence.ts'
import { type Run, runsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** 13: only in the namespaces of a run, only in the name of its account; 8: and not after its end. */
export const confinement: Invariant = ({ tasks, writes }) => {
  const runs = tasks.flatMap(runsOf)
  const byId = Map.groupBy(runs, ({ active }) => active.id)
  return writes
    .filter(({ writer }) => writer === 'Rota')
    .flatMap(write => {
      const candidates = write.run === undefined ? runs : (byId.get(write.run) ?? [])
      return judged(write, candidates, () => changesNothing(write, writes))
    })
}

function judged(write: TargetWrite, runs: readonly Run[], isIdle: () => boolean): readonly Violation[] {
  const about = `${write.namespace}/${write.target}`
  const request = `${write.verb} as ${write.as ?? 'Rota itself'} (request ${write.auditId})`
  const say = (invariant: number, message: string) => [{ invariant, about, message: `${message}: ${request}` }]
  const mine = runs.filter(({ account }) => account === write.as)
  if (mine.length === 0) return say(13, 'no run of this account was there')
  const here = mine.filter(({ active }) => active.namespaces.includes(write.namespace))
  if (here.length === 0) return say(13, 'not a namespace of the run')
  const during = here.filter(
    ({ claim, end }) => claim.received <= write.received && !(end && end.answered < write.received),
  )
  return during.length === 0 && !isIdle() ? say(8, 'no run was active then') : []
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
