import type { TaskView } from '../server/shapes.ts'
import { RESULTS, type Result, type Tone } from './results.ts'

const PHASES: Readonly<Record<TaskView['status'], Tone>> = {
  Stalled: 'bad',
  Running: 'active',
  Waiting: 'warn',
  Suspended: 'quiet',
  Scheduled: 'quiet',
  Idle: 'quiet',
  Unknown: 'quiet',
}

/** The phase of a task; a task that is held says so. */
export function Phase({ task }: { readonly task: TaskView }) {
  const word = task.status === 'Suspended' && task.hold_until !== null && !task.suspend ? 'Held' : task.status
  return <span class={`badge tone-${PHASES[task.status]}`}>{word}</span>
}

/** The shape and colour of a result. */
export function Shape({ result }: { readonly result: Result }) {
  const { path, tone } = RESULTS[result]
  return (
    <svg class={`shape tone-${tone}`} viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}

/** A result in words, with its shape. */
export function Outcome({ result }: { readonly result: Result }) {
  return (
    <span class={`outcome tone-${RESULTS[result].tone}`}>
      <Shape result={result} /> {RESULTS[result].word}
    </span>
  )
}
