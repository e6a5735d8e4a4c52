import { type Instant, rfc3339 } from '../lib/instant.ts'
import type { TaskView } from '../server/shapes.ts'
import { isFailure, RESULTS } from './results.ts'
import type { Filter } from './route.ts'

/** Something that somebody should look at. */
export interface Trouble {
  readonly task: TaskView
  /** `Now`: it is so; `Past`: it was so in the past 24 hours, and is no more. */
  readonly when: 'Now' | 'Past'
  readonly headline: string
  readonly since: string | null
  /** Why, and the way out. */
  readonly message: string | null
}

/** What needs attention, the worst first. */
export function troubles(tasks: Iterable<TaskView>): readonly Trouble[] {
  const found = [...tasks].flatMap(task => troubleOf(task) ?? [])
  const rank = ({ when, task }: Trouble) => (when === 'Past' ? 2 : task.status === 'Stalled' ? 0 : 1)
  return found.sort((a, b) => rank(a) - rank(b) || (b.since ?? '').localeCompare(a.since ?? ''))
}

function troubleOf(task: TaskView): Trouble | undefined {
  const condition = (type: string) => task.conditions.find(found => found.type === type && found.status === 'True')
  if (task.status === 'Stalled') {
    const stalled = condition('Stalled')
    const message = task.status_message ?? stalled?.message ?? null
    return {
      task,
      when: 'Now',
      headline: 'cannot be scheduled',
      since: stalled?.last_transition_time ?? null,
      message,
    }
  }
  if (isFailure(task.last_result)) {
    const times = task.consecutive_failures
    const verb = task.last_result === 'TimedOut' ? 'timed out' : 'failed'
    const headline = times > 1 ? `${verb}, ${times} times in a row` : verb
    return { task, when: 'Now', headline, since: task.last_failure ?? task.last_run, message: task.last_message }
  }
  const reverted = condition('Reverted')
  if (reverted)
    return {
      task,
      when: 'Now',
      headline: 'was undone by others',
      since: reverted.last_transition_time,
      message: reverted.message,
    }
  const failure = task.recent.find(({ result }) => isFailure(result))
  if (failure)
    return {
      task,
      when: 'Past',
      headline: `${failure.operation} ${RESULTS[failure.result].word}, and has succeeded since`,
      since: failure.at,
      message: null,
    }
  const missed = task.recent.filter(({ result }) => result === 'Missed')
  const [newest] = missed
  if (newest === undefined) return undefined
  const slots = missed.reduce((sum, { count }) => sum + count, 0)
  return {
    task,
    when: 'Past',
    headline: slots === 1 ? 'missed a slot' : `missed ${slots} slots`,
    since: newest.at,
    message: null,
  }
}

export interface Saving {
  readonly costCenter: string
  readonly namespaces: number
  readonly workloads: number
  /** Not running now. */
  readonly cores: number
  readonly bytes: number
  /** Saved in all. */
  readonly coreHours: number
  readonly gibHours: number
}

/** What sleeping saves, by cost center, the largest first. */
export function savings(tasks: Iterable<TaskView>): readonly Saving[] {
  const groups = Map.groupBy(
    [...tasks].filter(({ sleeping, saved }) => sleeping || saved.cpu_core_hours > 0 || saved.memory_gib_hours > 0),
    ({ cost_center }) => cost_center ?? '',
  )
  const sum = (members: readonly TaskView[], read: (task: TaskView) => number) =>
    members.reduce((total, task) => total + read(task), 0)
  return [...groups]
    .map(([costCenter, members]) => ({
      costCenter,
      namespaces: asleep(members).length,
      workloads: sum(members, ({ sleeping }) => sleeping?.workloads ?? 0),
      cores: sum(members, ({ sleeping }) => sleeping?.cpu_cores ?? 0),
      bytes: sum(members, ({ sleeping }) => sleeping?.memory_bytes ?? 0),
      coreHours: sum(members, ({ saved }) => saved.cpu_core_hours),
      gibHours: sum(members, ({ saved }) => saved.memory_gib_hours),
    }))
    .sort((a, b) => b.cores - a.cores || b.coreHours - a.coreHours || a.costCenter.localeCompare(b.costCenter))
}

/** The namespaces that sleep, each once. */
export function asleep(tasks: Iterable<TaskView>): readonly string[] {
  return [...new Set([...tasks].flatMap(({ sleeping }) => sleeping?.namespaces ?? []))].sort()
}

export interface Due {
  readonly task: TaskView
  readonly operation: TaskView['operation_type']
  readonly at: string
}

/** What comes next of all tasks. */
export function nextOf(tasks: Iterable<TaskView>, now: Instant): Due | undefined {
  // All times are in UTC and whole seconds: as texts they are in order, and thousands are compared every second.
  const present = rfc3339(now)
  let next: Due | undefined
  for (const task of tasks) {
    for (const { operation, at } of task.upcoming) {
      if (at >= present && (next === undefined || at < next.at)) next = { task, operation, at }
    }
  }
  return next
}

export const STATES = {
  failing: { word: 'failing or stalled', is: task => task.status === 'Stalled' || isFailure(task.last_result) },
  running: { word: 'running', is: task => task.active_run !== null },
  waiting: { word: 'waiting', is: task => task.status === 'Waiting' },
  asleep: { word: 'asleep', is: task => task.sleeping !== null },
  suspended: { word: 'suspended or held', is: task => task.status === 'Suspended' },
} as const satisfies Record<string, { readonly word: string; is(task: TaskView): boolean }>

/** The tasks that are wanted: every word is found in them. By what runs next, what is in trouble before it. */
export function chosen(tasks: Iterable<TaskView>, { text, namespace, state }: Filter): readonly TaskView[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const hasState = Object.hasOwn(STATES, state) ? STATES[state as keyof typeof STATES].is : () => true
  const rank = (task: TaskView) => (STATES.failing.is(task) ? 0 : task.active_run ? 1 : 2)
  return [...tasks]
    .filter(task => {
      if (namespace !== '' && task.namespace !== namespace) return false
      if (!hasState(task)) return false
      const told = `${task.task_id} ${task.title ?? ''} ${task.command} ${task.cost_center ?? ''} ${task.status}`
      return words.every(word => told.toLowerCase().includes(word))
    })
    .sort(
      (a, b) =>
        rank(a) - rank(b) || (a.next_run ?? '9').localeCompare(b.next_run ?? '9') || a.task_id.localeCompare(b.task_id),
    )
}
