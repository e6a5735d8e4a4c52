import { decide } from '../decide/decide.ts'
import type { Decision, World } from '../decide/decision.ts'
import { occupied } from '../decide/run.ts'
import type { Settings } from '../decide/settings.ts'
import { keyOf, type Task } from '../decide/task.ts'
import { type Instant, instantOf, rfc3339, SECOND } from '../lib/instant.ts'
import { relative } from '../lib/relative.ts'

/** An operator that is there starts what is due, and looks at what is new, within this time. */
const PROMPT = 30 * SECOND

/** The rule of `decide` that has an answer, what it decides, and why. */
export interface Reason {
  readonly rule: string
  readonly decision: Decision['do']
  readonly message: string
  /** When the answer may become another one by itself. */
  readonly lookAgain: string | null
  /** What is worth a look by whoever asks. */
  readonly hint: string | null
}

/**
 * Asks the operator's own rules about a task.
 * @param tasks all that can be seen, by their keys
 * @param called how another task is spoken of to whoever asks
 */
export function reasonFor(
  task: Task,
  tasks: Among,
  settings: Settings,
  now: Instant,
  called = (key: string) => key,
): Reason {
  const { activeRun } = task.status
  const paused = (instantOf(activeRun?.nextAttemptTime) ?? 0) > now
  const world: World = {
    owner: activeRun?.owner ?? '',
    working: activeRun !== undefined && !paused,
    clockSkewed: false,
    settings,
    dependency: name => tasks.get(keyOf(task.namespace, name)),
    // Which namespaces have the labels is seen when it runs.
    resolved: () => [],
    hasLooked: () => true,
  }
  const decision = decide({ task, now, world })
  const busy = decision.do === 'Start' ? busyWith(task, occupied(decision.run), tasks.values(), called) : undefined
  return {
    rule: busy === undefined ? decision.rule : 'namespaceBusy',
    decision: decision.do,
    message: busy ?? decision.message,
    lookAgain: decision.lookAgain === undefined ? null : rfc3339(decision.lookAgain),
    hint: busy === undefined ? (hintFor(task, decision, now) ?? null) : null,
  }
}

/** Tasks by their keys. */
interface Among {
  get(key: string): Task | undefined
  values(): Iterable<Task>
}

/** Another run on one of the namespaces, which has to end first. */
function busyWith(
  task: Task,
  namespaces: readonly string[],
  others: Iterable<Task>,
  called: (key: string) => string,
): string | undefined {
  for (const other of others) {
    const run = other.key === task.key ? undefined : other.status.activeRun
    const namespace = run && occupied(run).find(name => namespaces.includes(name))
    if (run && namespace) return `waiting: ${namespace} is busy with ${called(other.key)} since ${run.startTime}`
  }
  return undefined
}

/** What ought to have happened already tells that nobody is there to do it. */
function hintFor(task: Task, decision: Decision, now: Instant): string | undefined {
  const { observedGeneration = -1 } = task.status
  const unseen = observedGeneration !== task.generation
  if (unseen && (observedGeneration >= 0 || now > task.created + PROMPT))
    return `generation ${task.generation} of the task has not been looked at: is the operator running, and does it serve namespace ${task.namespace}?`
  if (decision.do !== 'Start') return undefined
  if (decision.run.reason === 'Request')
    return `it starts within seconds, if an operator runs that serves namespace ${task.namespace}`
  if (now > decision.run.due + PROMPT)
    return `it was due ${relative(decision.run.due, now)}: is the operator running, and has it a free worker?`
  return undefined
}
