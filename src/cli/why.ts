import type { HistoryEntry, ScheduledTask } from '../api/task.ts'
import { targetNamespaces } from '../api/task.ts'
import { judged } from '../decide/cycle.ts'
import { decide } from '../decide/decide.ts'
import type { Decision, World } from '../decide/decision.ts'
import { occupied } from '../decide/run.ts'
import { selectorText } from '../decide/selector-text.ts'
import { effortOf } from '../decide/settings.ts'
import { keyOf, type Task, taskOf } from '../decide/task.ts'
import { type Instant, instantOf, rfc3339, SECOND } from '../lib/instant.ts'
import { relative } from '../lib/relative.ts'
import { type ClusterFlags, taskAccess } from './access.ts'
import { BOUNDS, SETTINGS } from './assumed.ts'
import { DONE, type Io } from './io.ts'
import { colourOf, type Paint, painter } from './paint.ts'

/** An operator that is there starts what is due, and looks at what is new, within this time. */
const PROMPT = 30 * SECOND

/** `rota why`: asks the operator's own rules about the task as it is now, and says which one decides. */
export async function why(io: Io, name: string, flags: ClusterFlags): Promise<number> {
  const access = await taskAccess(io, name, flags)
  try {
    const object = await access.read()
    const all = (await access.others(undefined)) ?? (await access.others(access.namespace)) ?? [object]
    const told = answer(object, all, io.clock.now())
    io.out.write(
      flags.output === 'json' ? `${JSON.stringify(told)}\n` : asText(told, io.clock.now(), painter(io, io.out)),
    )
    return DONE
  } finally {
    await access.close()
  }
}

interface Told {
  readonly task: string
  readonly phase: string
  /** The rule of `decide` that has an answer, what it decides, and why. */
  readonly rule: string
  readonly decision: Decision['do']
  readonly message: string
  /** When the answer may become another one by itself. */
  readonly lookAgain: string | null
  /** What is worth a look by whoever asks. */
  readonly hint: string | null
  readonly conditions: readonly {
    readonly type: string
    readonly status: string
    readonly reason: string
    readonly message: string
  }[]
  readonly nextRuns: readonly string[]
  readonly lastRecord: HistoryEntry | null
  readonly settings: Readonly<Record<string, { readonly value: number | string; readonly from: 'spec' | 'default' }>>
}

/** @param all the tasks that the caller may see */
export function answer(object: ScheduledTask, all: readonly ScheduledTask[], now: Instant): Told {
  const tasks = new Map(all.map(other => taskOf(other, BOUNDS)).map(other => [other.key, other]))
  const dependency = (name: string) => tasks.get(keyOf(object.metadata.namespace, name))
  const task = judged(taskOf(object, BOUNDS), dependency)
  const { activeRun, phase, history, conditions = [] } = task.status
  const nextRuns = (task.status.nextRuns ?? []).filter(at => (instantOf(at) ?? 0) > now)
  const paused = (instantOf(activeRun?.nextAttemptTime) ?? 0) > now
  const world: World = {
    owner: activeRun?.owner ?? '',
    working: activeRun !== undefined && !paused,
    clockSkewed: false,
    settings: SETTINGS,
    dependency,
    // Which namespaces have the labels is seen when it runs.
    resolved: () => [],
    hasLooked: () => true,
  }
  const decision = decide({ task, now, world })
  const busy = decision.do === 'Start' ? busyWith(task, occupied(decision.run), tasks.values()) : undefined
  return {
    task: task.key,
    phase: phase ?? 'Unknown',
    rule: busy === undefined ? decision.rule : 'namespaceBusy',
    decision: decision.do,
    message: busy ?? decision.message,
    lookAgain: decision.lookAgain === undefined ? null : rfc3339(decision.lookAgain),
    hint: busy === undefined ? (hintFor(task, decision, now) ?? null) : null,
    conditions: conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
    nextRuns,
    lastRecord: history?.[0] ?? null,
    settings: settingsOf(task),
  }
}

/** Another run on one of the namespaces, which has to end first. */
function busyWith(task: Task, namespaces: readonly string[], others: Iterable<Task>): string | undefined {
  for (const other of others) {
    const run = other.key === task.key ? undefined : other.status.activeRun
    const namespace = run && occupied(run).find(name => namespaces.includes(name))
    if (run && namespace) return `waiting: ${namespace} is busy with ${other.key} since ${run.startTime}`
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

function settingsOf({ spec }: Task): Told['settings'] {
  const effort = effortOf(spec, SETTINGS)
  const from = (given: unknown) => (given === undefined ? 'default' : 'spec')
  return {
    timeoutSeconds: { value: effort.timeoutSeconds, from: from(spec.timeoutSeconds) },
    attempts: { value: effort.attempts, from: from(spec.retry.attempts) },
    delaySeconds: { value: effort.delaySeconds, from: from(spec.retry.delaySeconds) },
    startingDeadlineSeconds: { value: spec.startingDeadlineSeconds, from: 'spec' },
    concurrencyPolicy: { value: spec.concurrencyPolicy, from: 'spec' },
    serviceAccountName: { value: spec.serviceAccountName, from: 'spec' },
    namespaces: { value: targetsOf(spec), from: 'spec' },
  }
}

function targetsOf(spec: Task['spec']): string {
  const named = targetNamespaces(spec, 'its own')
  return named ? named.join(' ') : `those with ${selectorText(spec.target?.namespaceSelector ?? {})}`
}

function asText(told: Told, now: Instant, paint: Paint): string {
  const { lastRecord: last } = told
  const when = (text: string) => `${text} (${relative(instantOf(text) ?? now, now)})`
  const lines: readonly (readonly [string, string])[] = [
    ['phase', paint(colourOf(told.phase), told.phase)],
    ['why', `${withRelative(told.message, now)} ${paint('dim', `[${told.rule}]`)}`],
    ...(told.hint === null ? [] : ([['hint', paint('yellow', told.hint)]] as const)),
    ...told.nextRuns.slice(0, 3).map((at, index) => [index === 0 ? 'next' : '', when(at)] as const),
    ...(last === null ? [] : ([['last', lastLine(last, now, paint)]] as const)),
    ...told.conditions.map(
      ({ type, status, reason, message }) => [type.toLowerCase(), `${status}, ${reason}: ${message}`] as const,
    ),
    ['settings', settingsLine(told.settings)],
  ]
  return `${paint('bold', told.task)}\n${lines.map(([name, text]) => `  ${name.padEnd(11)}${text}\n`).join('')}`
}

/** `until 2026-11-24T19:00:00Z (in 3 h)`. */
function withRelative(message: string, now: Instant): string {
  return message.replace(
    /\d{4}-\d\d-\d\dT[\d:.]+Z(?![-\w])/g,
    text => `${text} (${relative(instantOf(text) ?? now, now)})`,
  )
}

function lastLine(entry: HistoryEntry, now: Instant, paint: Paint): string {
  const { operation, reason, slotTime, startTime, result, resultReason, error, output } = entry
  const said = (error ?? output ?? '').split('\n')[0]
  const at = relative(instantOf(startTime ?? slotTime) ?? now, now)
  return `${operation} (${reason}) ${at}: ${paint(colourOf(result), result)}${resultReason ? `, ${resultReason}` : ''}${said ? `: ${said}` : ''}`
}

/** `timeoutSeconds 300*, attempts 3*, …`: what the spec leaves to the operator has a star. */
function settingsLine(settings: Told['settings']): string {
  const parts = Object.entries(settings).map(
    ([name, { value, from }]) => `${name} ${value}${from === 'default' ? '*' : ''}`,
  )
  return `${parts.join(', ')} (* the operator's default, unless its environment says otherwise)`
}
