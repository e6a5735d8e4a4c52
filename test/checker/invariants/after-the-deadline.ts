import type { TargetWrite, TaskVersion } from '../evidence.ts'
import { activeIn, type Run, runsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

/** What an attempt may take beyond its time, in milliseconds. */
const GRACE = 1000

/**
 * 8: an attempt writes nothing later than its deadline and a second. By the API server's clock alone: from the write that
 * begins the attempt, or from its first one on a target where it begins without; what carries no mark is left out.
 */
export const nothingAfterTheDeadline: Invariant = ({ tasks, writes }) => {
  const marked = Map.groupBy(
    writes.filter(({ writer, run }) => writer === 'Rota' && run !== undefined),
    ({ run }) => run,
  )
  return tasks.flatMap(runsOf).flatMap(run => {
    const mine = marked.get(run.active.id) ?? []
    return mine.length === 0 ? [] : attemptsOf(run).flatMap(attempt => late(run, attempt, mine))
  })
}

interface Attempt {
  readonly begin: TaskVersion
  /** The write that begins the next attempt, or ends the run. */
  readonly next?: TaskVersion | undefined
  /** The attempt starts with the write `begin`, and not some time after it. */
  readonly atOnce: boolean
}

function attemptsOf({ versions, end }: Run): readonly Attempt[] {
  const begins = versions.filter((version, at) => at === 0 || turnOf(version) !== turnOf(versions[at - 1]))
  return begins.map((begin, at) => {
    const atOnce = at === 0 || activeIn(begin)?.owner !== activeIn(begins[at - 1] as TaskVersion)?.owner
    return { begin, next: begins[at + 1] ?? end, atOnce }
  })
}

function turnOf(version: TaskVersion | undefined): string {
  const { attempt, owner, resumed = 0 } = (version && activeIn(version)) ?? {}
  return `${attempt} ${owner} ${resumed}`
}

function late(
  { active, life }: Run,
  { begin, next, atOnce }: Attempt,
  writes: readonly TargetWrite[],
): readonly Violation[] {
  const { timeoutSeconds } = begin.task.spec
  if (timeoutSeconds === undefined) return []
  const until = next?.received ?? Number.POSITIVE_INFINITY
  const its = writes.map(({ received }) => received).filter(at => at >= begin.received && at <= until)
  const last = its.reduce((a, b) => Math.max(a, b), 0)
  const took = last - (atOnce ? begin.answered : its.reduce((a, b) => Math.min(a, b), last))
  if (took <= timeoutSeconds * 1000 + GRACE) return []
  const message = `run ${active.id}, attempt ${activeIn(begin)?.attempt}, still wrote ${took} ms after its start, and has ${timeoutSeconds} s`
  return [{ invariant: 8, about: life.key, message }]
}
