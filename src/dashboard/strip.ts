import { HOUR, type Instant, instantOf } from '../lib/instant.ts'
import type { TaskView } from '../server/shapes.ts'
import { RESULTS, type Result } from './results.ts'

/** How far the timeline reaches to both sides of now. */
export const REACH = 24 * HOUR
/** Marks closer than this are one: 192 to a strip. */
const CELL = (2 * REACH) / 192

type Operation = TaskView['operation_type']

/** A place in a strip: 0 is 24 hours ago, 1 in 24 hours. */
export type Place = number

export interface Mark {
  readonly place: Place
  readonly at: Instant
  readonly operation: Operation
  /** `undefined`: it is still to come. */
  readonly result: Result | undefined
  /** How many records, or slots, it stands for. */
  readonly count: number
}

export interface Span {
  readonly from: Place
  readonly to: Place
  readonly expected: boolean
}

export interface Strip {
  readonly marks: readonly Mark[]
  /** When it sleeps. */
  readonly sleeps: readonly Span[]
  readonly running: Span | undefined
}

export function placeOf(at: Instant, now: Instant): Place {
  return Math.min(1, Math.max(0, (at - now + REACH) / (2 * REACH)))
}

/** What there is to draw of a task. */
export function stripOf(task: TaskView, now: Instant): Strip {
  const start = instantOf(task.active_run?.start_time)
  return {
    marks: [
      ...gathered(past(task), now),
      ...gathered(
        due(task).filter(({ at }) => at > now),
        now,
      ),
    ],
    sleeps: sleepsOf(task, now),
    running: start === undefined ? undefined : { from: placeOf(start, now), to: placeOf(now, now), expected: false },
  }
}

type Point = Omit<Mark, 'place'>

function past({ recent }: TaskView): readonly Point[] {
  return recent.flatMap(({ at, operation, result, count }) => {
    const instant = instantOf(at)
    return instant === undefined ? [] : [{ at: instant, operation, result, count }]
  })
}

function due({ upcoming }: TaskView): readonly Point[] {
  return upcoming.flatMap(({ at, operation }) => {
    const instant = instantOf(at)
    return instant === undefined ? [] : [{ at: instant, operation, result: undefined, count: 1 }]
  })
}

/** Of marks in one place the worst is shown. */
function gathered(points: readonly Point[], now: Instant): readonly Mark[] {
  const cells = new Map<number, Mark>()
  for (const point of points) {
    if (Math.abs(point.at - now) > REACH) continue
    const cell = Math.floor(point.at / CELL)
    const there = cells.get(cell)
    const count = (there?.count ?? 0) + point.count
    const shown = there && weight(there) >= weight(point) ? there : { ...point, place: placeOf(point.at, now) }
    cells.set(cell, { ...shown, count })
  }
  return [...cells.values()].sort((a, b) => a.at - b.at)
}

function weight({ result }: Point): number {
  return result === undefined ? 0 : RESULTS[result].weight
}

/** From each sleep that succeeded, or is due, to the wake after it. */
function sleepsOf(task: TaskView, now: Instant): readonly Span[] {
  if (task.operation_type !== 'sleep') return []
  const turns = [
    ...past(task).filter(({ result, operation }) => result === 'Succeeded' && isTurn(operation)),
    ...due(task).filter(({ at, operation }) => at > now && isTurn(operation)),
  ].sort((a, b) => a.at - b.at)
  const since = instantOf(task.sleeping?.since ?? undefined)
  const [first] = turns
  // What began before the first mark that there is.
  let from = first?.operation === 'wake' || turns.length === 0 ? since : undefined
  if (first?.operation === 'wake' && first.at <= now) from = now - REACH
  const spans: Span[] = []
  const add = (to: Instant) => {
    if (from === undefined) return
    // What is past and what is expected look different.
    if (from < now) spans.push({ from: placeOf(from, now), to: placeOf(Math.min(to, now), now), expected: false })
    if (to > now) spans.push({ from: placeOf(Math.max(from, now), now), to: placeOf(to, now), expected: true })
    from = undefined
  }
  for (const { at, operation } of turns) {
    if (operation === 'wake') add(at)
    else from ??= at
  }
  // Without a wake to come it sleeps on, as long as it is said to.
  if (from !== undefined) add(task.sleeping || from > now ? now + REACH : now)
  return spans
}

function isTurn(operation: Operation): boolean {
  return operation === 'sleep' || operation === 'wake'
}
