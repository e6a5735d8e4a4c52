import type { NextView, TaskView } from '../server/shapes.ts'
import { useAnswer } from './asked.ts'
import type { Session } from './session.ts'
import { When } from './when.tsx'

interface NextRunsProps {
  readonly session: Session
  readonly task: TaskView
  readonly version: string
}

/** When it is due, on the clocks of its own zone, and what the setting of the clocks does to it. */
export function NextRuns({ session, task, version }: NextRunsProps) {
  const path = `api/tasks/${task.task_id}/next?count=8`
  const { data: next, problem } = useAnswer<readonly NextView[]>(session, path, version)
  return (
    <section class="panel" aria-labelledby="next">
      <div class="heading">
        <h2 id="next">Next runs</h2>
        {next && next.length > 0 && <span class="detail">on the clocks of {task.time_zone}</span>}
      </div>
      {problem !== undefined && <p class="error">{problem}</p>}
      {next?.length === 0 && (
        <p class="none">None: it runs on request{task.depends_on.length > 0 && ' or after others'}.</p>
      )}
      <ol class="lines">
        {next?.map(({ operation, time, local, note }) => (
          <li key={`${operation} ${time}`}>
            <span class={`badge ${operation === 'sleep' ? 'tone-sleep' : 'tone-quiet'}`}>{operation}</span>
            <span class="grow">
              {weekday(local)} {local.slice(0, 10)} <strong>{local.slice(11, 16)}</strong>
              {note && <span class="note">{note}</span>}
            </span>
            <span class="detail">
              <When at={time} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Of a local date, wherever the browser is. */
function weekday(local: string): string {
  const date = new Date(`${local.slice(0, 10)}T12:00:00Z`)
  return date.toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' })
}
