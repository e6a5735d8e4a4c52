import type { ActiveRun, Spec } from '../../../src/api/task.ts'
import { activeIn, type Run, runsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'
import { newEntries } from './one-outcome.ts'

/**
 * 9: not more attempts than allowed, one after the other, and no pause shorter than asked for, by the operator's own clock;
 * what cannot get better is not tried again.
 */
export const attempts: Invariant = ({ tasks, clockError = 0 }) =>
  tasks.flatMap(life =>
    runsOf(life).flatMap(run =>
      [...faultsIn(run, clockError), ...needless(run)].map(message => ({ invariant: 9, about: life.key, message })),
    ),
  )

function* faultsIn({ active: { id }, versions }: Run, clockError: number): Generator<string> {
  // An edit while the run is active may allow fewer attempts than there are by then, and other pauses.
  const specs = versions.map(({ task }) => task.spec)
  const limit = Math.max(...specs.map(({ retry }) => retry?.attempts ?? Number.NEGATIVE_INFINITY))
  for (const [at, version] of versions.entries()) {
    const [then, now] = [activeIn(versions[at - 1] ?? version), activeIn(version)]
    if (!then || !now || now.attempt === then.attempt || version.writer !== 'Rota') continue
    const about = `of run ${id} (version ${version.revision})`
    if (now.attempt !== then.attempt + 1) yield `attempt ${now.attempt} follows ${then.attempt} ${about}`
    if (limit > 0 && now.attempt > limit) yield `attempt ${now.attempt} of ${limit} ${about}`
    const pause = startOf(now) - startOf(then)
    const least = Math.min(...specs.map(spec => shortestPause(spec, then.attempt)))
    if (pause < least - clockError)
      yield `attempt ${now.attempt} comes ${pause} ms after the one before, and not ${least} ms ${about}`
  }
}

/** When an attempt may begin: at the claim, or when its pause is over. */
function startOf({ startTime, nextAttemptTime = startTime }: ActiveRun): number {
  return Date.parse(nextAttemptTime)
}

/** Milliseconds; what the spec leaves to the operator's settings counts as none. */
function shortestPause({ retry }: Spec, attempt: number): number {
  const { delaySeconds = 0, maxDelaySeconds = 300, backoff = 'Exponential' } = retry ?? {}
  const grown = backoff === 'Exponential' ? delaySeconds * 2 ** (attempt - 1) : delaySeconds
  return Math.min(grown, Math.max(delaySeconds, maxDelaySeconds)) * 1000
}

/** Ends of a run that are told without an attempt. */
const WITHOUT_ATTEMPT: ReadonlySet<string> = new Set(['Overtaken', 'Interrupted', 'InvalidActiveRun'])

/**
 * What the record of a run tells: that its last attempt began within its pause, or was made for names that are not there,
 * in the very words in which an earlier attempt has said so.
 */
function* needless({ active, versions, end }: Run): Generator<string> {
  const before = versions.at(-1)
  if (!before || !end) return
  const entry = newEntries({ before, after: end }).find(({ id }) => id === active.id)
  if (!entry || entry.result === 'Cancelled') return
  // Another process may have had another clock.
  const last = activeIn(before)
  const hasAttempt =
    last?.nextAttemptTime !== undefined && !last.resumed && !WITHOUT_ATTEMPT.has(entry.resultReason ?? '')
  const ended = Date.parse(entry.startTime ?? '') + (entry.durationMilliseconds ?? 0)
  if (hasAttempt && ended < startOf(last)) {
    yield `run ${active.id} ended within the pause before attempt ${last.attempt}`
  }
  const isFinal = entry.result === 'Failed' && entry.resultReason === 'NotFound'
  const said = versions.map(({ task }) => /^attempt \d+ of \d+: (.*)$/s.exec(task.status?.lastMessage ?? '')?.[1])
  if (isFinal && said.includes(entry.error)) yield `run ${active.id} tried again although "${entry.error}"`
}
