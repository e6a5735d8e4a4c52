import { GROUP, PLURAL } from '../api/names.ts'
import type { HistoryEntry, ScheduledTask } from '../api/task.ts'
import { type Instant, instantOf } from '../lib/instant.ts'
import { relative } from '../lib/relative.ts'
import { type ClusterFlags, clusterAccess, taskIn, tasksIn } from './access.ts'
import { CommandError, DONE, type Io, misuse } from './io.ts'
import { colourOf, type Paint, painter } from './paint.ts'
import { table } from './table.ts'

export interface GetFlags extends ClusterFlags {
  readonly allNamespaces?: boolean
}

/** `rota get`: tasks as a table, with what kubectl cannot compute: times from now, in the reader's zone, and the last ten results. */
export async function get(io: Io, name: string | undefined, flags: GetFlags): Promise<number> {
  const { allNamespaces = false } = flags
  if (allNamespaces && (name !== undefined || flags.namespace !== undefined))
    misuse('give --all-namespaces alone: it asks for the tasks of all namespaces')
  const cluster = await clusterAccess(io, flags)
  try {
    const where = allNamespaces ? undefined : cluster.namespace
    const found =
      name === undefined ? await tasksIn(io, cluster.client, where) : [await taskIn(io, cluster, name, flags).read()]
    if (!found) throw new CommandError(refused(where))
    const tasks = found.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
    const now = io.clock.now()
    if (flags.output === 'json') io.out.write(`${JSON.stringify(tasks.map(task => told(task, now)))}\n`)
    else if (tasks.length === 0) io.err.write(`no ScheduledTasks found in ${where ?? 'any namespace'}\n`)
    else io.out.write(asTable(tasks, now, zoneOf(io), painter(io, io.out), allNamespaces))
    return DONE
  } finally {
    await cluster.close()
  }
}

function refused(where: string | undefined): string {
  const place = where === undefined ? 'all namespaces: try -n NAMESPACE' : `namespace ${where}`
  return `you may not list ScheduledTasks in ${place}, or ask for a role with list on ${PLURAL}.${GROUP}`
}

function keyOf({ metadata: { namespace, name } }: ScheduledTask): string {
  return `${namespace}/${name}`
}

/** How many results the sparkline shows. */
const LAST = 10

/** For machines: what is computed, beside what it is computed from. */
function told(task: ScheduledTask, now: Instant): object {
  const { spec, status } = task
  const next = instantOf(status?.nextRunTime)
  return {
    task: keyOf(task),
    schedule: spec.schedule ?? null,
    timeZone: spec.timeZone,
    phase: status?.phase ?? null,
    lastRunTime: status?.lastRunTime ?? null,
    lastResult: status?.lastResult ?? null,
    lastMessage: status?.lastMessage ?? null,
    lastResults: (status?.history ?? []).slice(0, LAST).map(({ result }) => result),
    nextRunTime: status?.nextRunTime ?? null,
    nextRunInSeconds: next === undefined ? null : Math.round((next - now) / 1000),
    runCount: status?.runCount ?? 0,
    errorCount: status?.errorCount ?? 0,
  }
}

const HEAD = ['NAME', 'SCHEDULE', 'PHASE', 'LAST RUN', 'RESULT', 'LAST TEN', 'NEXT RUN']

function asTable(
  tasks: readonly ScheduledTask[],
  now: Instant,
  zone: string | undefined,
  paint: Paint,
  withNamespace: boolean,
): string {
  const rows = tasks.map(({ metadata, spec, status }) => {
    const last = instantOf(status?.lastRunTime)
    const next = instantOf(status?.nextRunTime)
    const phase = status?.phase ?? 'Unknown'
    const result = status?.lastResult
    return [
      ...(withNamespace ? [metadata.namespace] : []),
      metadata.name,
      spec.schedule ?? '-',
      paint(colourOf(phase), phase),
      last === undefined ? '-' : relative(last, now),
      result === undefined ? '-' : paint(colourOf(result), result),
      sparkline(status?.history ?? [], paint),
      next === undefined ? '-' : `${relative(next, now)} (${wallTime(next, now, zone)})`,
    ]
  })
  return table([...(withNamespace ? ['NAMESPACE'] : []), ...HEAD], rows)
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** The oldest of the last ten first: a success is as high as it took long, on a scale of powers; everything else has a sign. */
export function sparkline(history: readonly HistoryEntry[], paint: Paint): string {
  const shown = history.slice(0, LAST).toReversed()
  return shown.map(entry => paint(colourOf(entry.result), signOf(entry))).join('') || '-'
}

/** One step higher for each time three as long, from half a second on. */
const FIRST = 500
const FACTOR = 3

function signOf({ result, durationMilliseconds: duration = 0 }: HistoryEntry): string {
  switch (result) {
    case 'Succeeded': {
      const step = duration < FIRST ? 0 : 1 + Math.floor(Math.log(duration / FIRST) / Math.log(FACTOR))
      return BARS[Math.min(step, BARS.length - 1)] as string
    }
    case 'Failed':
    case 'TimedOut':
      return '✗'
    case 'Missed':
    case 'Cancelled':
      return '○'
    case 'Skipped':
      return '·'
  }
}

function zoneOf({ env }: Io): string | undefined {
  return env['TZ'] || undefined
}

/** `20:00` of today, `Fri 20:00` within a week, `Fri 24 Dec 20:00` later; in the reader's zone. */
export function wallTime(at: Instant, now: Instant, zone: string | undefined): string {
  const day = (when: Instant) => format({ year: 'numeric', month: 'numeric', day: 'numeric' }, when, zone)
  const time = format({ hour: '2-digit', minute: '2-digit', hour12: false }, at, zone)
  if (day(at) === day(now)) return time
  const isNear = Math.abs(at - now) < WEEK
  const date = format({ weekday: 'short', ...(!isNear && { day: 'numeric', month: 'short' }) }, at, zone)
  return `${date.replace(',', '')} ${time}`
}

/** Less than seven days, so that the name of a day is that of one day only. */
const WEEK = 6 * 24 * 3_600_000

function format(options: Intl.DateTimeFormatOptions, at: Instant, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, ...(timeZone && { timeZone }) }).format(at)
}
