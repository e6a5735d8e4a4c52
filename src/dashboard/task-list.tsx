import { useState } from 'preact/hooks'
import { MINUTE } from '../lib/instant.ts'
import { count, number } from '../lib/text.ts'
import type { TaskView } from '../server/shapes.ts'
import { Phase, Shape } from './badge.tsx'
import { useTime } from './clock.ts'
import { chosen, STATES } from './overview-of.ts'
import { RESULTS } from './results.ts'
import { type Filter, overviewAddress, taskAddress } from './route.ts'
import { Axis, Legend, StripView } from './strip-view.tsx'
import { When } from './when.tsx'

const PAGE = 50

interface TaskListProps {
  readonly tasks: readonly TaskView[]
  readonly filter: Filter
}

/** All tasks with their past and their next 24 hours; so many at a time, and as the filter says. */
export function TaskList({ tasks, filter }: TaskListProps) {
  const [limit, setLimit] = useState(PAGE)
  // Marks move by a pixel in two minutes: once in a minute is enough.
  const now = useTime(now => Math.floor(now / MINUTE)) * MINUTE
  const wanted = chosen(tasks, filter)
  const shown = wanted.slice(0, limit)
  return (
    <section class="panel wide" aria-labelledby="tasks">
      <div class="heading">
        <h2 id="tasks">Tasks</h2>
        <Filters tasks={tasks} filter={filter} />
        <span class="detail" role="status">
          {wanted.length === tasks.length ? count(tasks.length, 'task') : `${wanted.length} of ${number(tasks.length)}`}
        </span>
      </div>
      <Legend />
      {wanted.length === 0 && (
        <p class="none">
          No task is like that. <a href={overviewAddress()}>Show all</a>
        </p>
      )}
      {shown.length > 0 && (
        <table class="tasks">
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col">State</th>
              <th scope="col" class="strip">
                <span class="unseen">Past and next 24 hours</span>
                <Axis now={now} />
              </th>
              <th scope="col">Next</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(task => (
              <Row key={task.uid} task={task} now={now} />
            ))}
          </tbody>
        </table>
      )}
      {shown.length < wanted.length && (
        <button type="button" onClick={() => setLimit(limit + PAGE)}>
          Show {Math.min(PAGE, wanted.length - shown.length)} more of {number(wanted.length - shown.length)}
        </button>
      )}
    </section>
  )
}

function Row({ task, now }: { readonly task: TaskView; readonly now: number }) {
  const [next] = task.upcoming
  return (
    <tr>
      <th scope="row" class="name">
        <a href={taskAddress(task.task_id)}>{task.title ?? task.name}</a>
        <span class="id">{task.task_id}</span>
      </th>
      <td class="state">
        <Phase task={task} />
        <span class="detail">
          {task.last_result && (
            <>
              <Shape result={task.last_result} /> {RESULTS[task.last_result].word} <When at={task.last_run} />
            </>
          )}
          {!task.last_result && 'has not run yet'}
        </span>
      </td>
      <td class="strip">
        <StripView task={task} now={now} />
      </td>
      <td class="next">
        {task.next_run ? <When at={task.next_run} /> : <span class="none">–</span>}
        <span class="detail">{task.next_run ? (next?.operation ?? task.operation_type) : withoutNext(task)}</span>
      </td>
    </tr>
  )
}

/** Why nothing is due. */
function withoutNext({ status, schedule, depends_on }: TaskView): string {
  if (status === 'Stalled' || status === 'Suspended') return status.toLowerCase()
  if (schedule !== null) return ''
  return depends_on.length > 0 ? 'after others' : 'on request'
}

function Filters({ tasks, filter }: TaskListProps) {
  const namespaces = [...new Set(tasks.map(({ namespace }) => namespace))].sort()
  // In the address, so that it can be sent to others; but not each letter in the history.
  const change = (part: Partial<Filter>) => location.replace(overviewAddress({ ...filter, ...part }))
  return (
    <search class="filters">
      <label class="unseen" for="filter-text">
        Find tasks
      </label>
      <input
        id="filter-text"
        type="search"
        placeholder="Find tasks"
        autocomplete="off"
        spellcheck={false}
        value={filter.text}
        onInput={event => change({ text: event.currentTarget.value })}
      />
      <label class="unseen" for="filter-namespace">
        Namespace
      </label>
      <select
        id="filter-namespace"
        value={filter.namespace}
        onChange={event => change({ namespace: event.currentTarget.value })}
      >
        <option value="">all namespaces</option>
        {namespaces.map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <label class="unseen" for="filter-state">
        State
      </label>
      <select id="filter-state" value={filter.state} onChange={event => change({ state: event.currentTarget.value })}>
        <option value="">in any state</option>
        {Object.entries(STATES).map(([state, { word }]) => (
          <option key={state} value={state}>
            {word}
          </option>
        ))}
      </select>
    </search>
  )
}
