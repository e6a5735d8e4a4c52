import type { HistoryEntry, ScheduledTask } from '../api/task.ts'
import { isFailure, targetNamespaces } from '../api/task.ts'
import { judged } from '../decide/cycle.ts'
import { selectorText } from '../decide/selector-text.ts'
import { effortOf } from '../decide/settings.ts'
import { keyOf, type Task, taskOf } from '../decide/task.ts'
import { type Instant, instantOf, rfc3339 } from '../lib/instant.ts'
import { partsOf } from '../lib/message-parts.ts'
import { relative } from '../lib/relative.ts'
import { type Reason, reasonFor } from '../runs/why.ts'
import { whenInWords } from '../schedule/spec-words.ts'
import { type ClusterFlags, taskAccess } from './access.ts'
import { BOUNDS, SETTINGS } from './assumed.ts'
import { DONE, type Io } from './io.ts'
import { colourOf, type Paint, painter } from './paint.ts'

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

interface Told extends Reason {
  readonly task: string
  /** When it runs, in words. */
  readonly runs: string
  readonly phase: string
  readonly conditions: readonly {
    readonly type: string
    readonly status: string
    readonly reason: string
    readonly message: string
  }[]
  readonly nextRuns: readonly string[]
  readonly lastRecord: HistoryEntry | null
  /** The newest one that is kept, whatever came after it. */
  readonly lastFailure: HistoryEntry | null
  readonly settings: Readonly<Record<string, { readonly value: number | string; readonly from: 'spec' | 'default' }>>
}

/** @param all the tasks that the caller may see */
export function answer(object: ScheduledTask, all: readonly ScheduledTask[], now: Instant): Told {
  const tasks = new Map(all.map(other => taskOf(other, BOUNDS)).map(other => [other.key, other]))
  const task = judged(taskOf(object, BOUNDS), other => tasks.get(keyOf(object.metadata.namespace, other)))
  const { phase, history = [], conditions = [] } = task.status
  const nextRuns = (task.status.nextRuns ?? []).filter(at => (instantOf(at) ?? 0) > now)
  return {
    task: task.key,
    runs: whenInWords(task),
    phase: phase ?? 'Unknown',
    ...reasonFor(task, tasks, SETTINGS, now),
    conditions: conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
    nextRuns,
    lastRecord: history[0] ?? null,
    lastFailure: history.find(({ result }) => isFailure(result)) ?? null,
    settings: settingsOf(task),
  }
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

export function asText(told: Told, now: Instant, paint: Paint): string {
  const { lastRecord: last, lastFailure: failure } = told
  const when = (text: string) => `${text} (${relative(instantOf(text) ?? now, now)})`
  const lines: readonly (readonly [string, string])[] = [
    ['runs', told.runs],
    ['phase', paint(colourOf(told.phase), told.phase)],
    ['why', `${withRelative(told.message, now)} ${paint('dim', `[${told.rule}]`)}`],
    ...(told.hint === null ? [] : ([['hint', paint('yellow', told.hint)]] as const)),
    ...told.nextRuns.slice(0, 3).map((at, index) => [index === 0 ? 'next' : '', when(at)] as const),
    ...named('last', last === null ? [] : recordLines(last, now, paint)),
    ...named('failed', failure === null || failure === last ? [] : recordLines(failure, now, paint)),
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

/** The first of the lines has a name. */
function named(name: string, lines: readonly string[]): readonly (readonly [string, string])[] {
  return lines.map((line, index) => [index === 0 ? name : '', line])
}

/** When, what and how it ended; of a failure all that it says, and what would help on a line of its own. */
function recordLines(entry: HistoryEntry, now: Instant, paint: Paint): readonly string[] {
  const { operation, reason, slotTime, startTime, result, resultReason, error, output } = entry
  const at = instantOf(startTime ?? slotTime) ?? now
  const how = `${paint(colourOf(result), result)}${resultReason ? `, ${resultReason}` : ''}`
  const head = `${rfc3339(at)} (${relative(at, now)}) ${operation} (${reason}): ${how}`
  if (error !== undefined)
    return [head, ...partsOf(error).map(({ is, text }) => (is === 'Command' ? `  ${text}` : text))]
  const [said = ''] = (output ?? '').split('\n')
  return [said === '' ? head : `${head}: ${said}`]
}

/** `timeoutSeconds 300*, attempts 3*, …`: what the spec leaves to the operator has a star. */
function settingsLine(settings: Told['settings']): string {
  const parts = Object.entries(settings).map(
    ([name, { value, from }]) => `${name} ${value}${from === 'default' ? '*' : ''}`,
  )
  return `${parts.join(', ')} (* the operator's default, unless its environment says otherwise)`
}
