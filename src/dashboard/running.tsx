import { listed } from '../lib/text.ts'
import type { TaskView } from '../server/shapes.ts'
import { taskAddress } from './route.ts'
import { Elapsed, When } from './when.tsx'

type ActiveRun = NonNullable<TaskView['active_run']>

/** What runs now, and for how long. */
export function Running({ tasks }: { readonly tasks: readonly TaskView[] }) {
  const running = tasks
    .flatMap(task => (task.active_run ? [{ task, run: task.active_run }] : []))
    .sort((a, b) => a.run.start_time.localeCompare(b.run.start_time))
  const shown = running.slice(0, 8)
  return (
    <section class="panel" aria-labelledby="running">
      <h2 id="running">Running now</h2>
      {running.length === 0 && <p class="none">Nothing runs at the moment.</p>}
      <ul class="lines">
        {shown.map(({ task, run }) => (
          <li key={task.uid}>
            <span class="pulse tone-active" aria-hidden="true" />
            <span class="grow">
              <a href={taskAddress(task.task_id)}>{task.title ?? task.name}</a>
              <span class="detail">
                <RunDetail run={run} />
              </span>
            </span>
            <span class="figure">
              <Elapsed since={run.start_time} />
            </span>
          </li>
        ))}
      </ul>
      {shown.length < running.length && <p class="none">and {running.length - shown.length} more</p>}
    </section>
  )
}

/** `sleep of team-a, attempt 2; next attempt in 10 s`. */
export function RunDetail({ run }: { readonly run: ActiveRun }) {
  return (
    <>
      {run.operation}
      {run.namespaces.length > 0 && ` of ${listed(run.namespaces, 3)}`}
      {run.attempt > 1 && `, attempt ${run.attempt}`}
      {run.next_attempt_time && (
        <>
          {'; next attempt '}
          <When at={run.next_attempt_time} />
        </>
      )}
    </>
  )
}
