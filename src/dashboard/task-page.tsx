import type { TaskView, WhyView } from '../server/shapes.ts'
import { Actions } from './actions.tsx'
import { type Answer, useAnswer } from './asked.ts'
import { Phase } from './badge.tsx'
import { Facts } from './facts.tsx'
import { History } from './history.tsx'
import { Icon } from './icon.tsx'
import { Message } from './message.tsx'
import { NextRuns } from './next-runs.tsx'
import { troubles } from './overview-of.ts'
import { Preview } from './preview.tsx'
import { overviewAddress } from './route.ts'
import { RunDetail } from './running.tsx'
import type { Session } from './session.ts'
import { Elapsed, When } from './when.tsx'

interface TaskPageProps {
  readonly session: Session
  readonly id: string
  readonly task: TaskView | undefined
  /** The run that is to be open. */
  readonly run: string | undefined
}

export function TaskPage({ session, id, task, run }: TaskPageProps) {
  return (
    <>
      <nav aria-label="Where you are">
        <a class="back" href={overviewAddress()}>
          <Icon name="back" /> All tasks
        </a>
      </nav>
      {task ? <Present session={session} task={task} run={run} /> : <Absent id={id} />}
    </>
  )
}

function Absent({ id }: { readonly id: string }) {
  return (
    <section class="gate">
      <h1>{id}</h1>
      <p>There is no such task, or you may not see it. Perhaps it has been deleted.</p>
    </section>
  )
}

function Present({
  session,
  task,
  run,
}: {
  readonly session: Session
  readonly task: TaskView
  readonly run: string | undefined
}) {
  const path = `api/tasks/${task.task_id}`
  // What the rest of the page tells changes with these.
  const version = [
    task.run_count,
    task.last_run,
    task.last_result,
    task.active_run?.run_id,
    task.status,
    task.hold_until,
  ]
    .concat(task.next_run, task.in_words, task.missed_count)
    .join()
  const why = useAnswer<WhyView>(session, `${path}/why`, version)
  return (
    <>
      <header class="task-head">
        <div>
          <h1>
            {task.title ?? task.name} <Phase task={task} />
            {task.dry_run && <span class="badge tone-warn">Dry run</span>}
          </h1>
          <p class="id">{task.task_id}</p>
        </div>
        <p class="in-words">
          <strong>{task.operation_type}</strong> {task.in_words}
          {task.next_run && (
            <>
              {'; next '}
              <When at={task.next_run} />
            </>
          )}
        </p>
        <Actions session={session} task={task} version={version} />
      </header>
      {task.active_run && (
        <p class="panel now-running">
          <span class="pulse tone-active" aria-hidden="true" />
          <span class="grow">
            <strong>Running now:</strong> <RunDetail run={task.active_run} />
          </span>
          <span class="figure">
            <Elapsed since={task.active_run.start_time} />
          </span>
        </p>
      )}
      <TroubleNow task={task} />
      <div class="columns">
        <History session={session} task={task} version={version} open={run} />
        <div class="column">
          <Now why={why} />
          <NextRuns session={session} task={task} version={version} />
          <Facts task={task} />
        </div>
      </div>
      <Preview session={session} task={task} version={version} />
    </>
  )
}

/** What is wrong now, and what would help: before all else. */
function TroubleNow({ task }: { readonly task: TaskView }) {
  const [found] = troubles([task])
  if (found?.when !== 'Now') return null
  return (
    <section class="panel trouble" aria-labelledby="trouble">
      <h2 id="trouble">
        It {found.headline}
        {found.since && (
          <>
            {' · '}
            <When at={found.since} />
          </>
        )}
      </h2>
      {found.message && <Message text={found.message} />}
    </section>
  )
}

/** Which rule decides now. */
function Now({ why: { data, problem } }: { readonly why: Answer<WhyView> }) {
  return (
    <section class="panel" aria-labelledby="why">
      <h2 id="why">What Rota thinks now</h2>
      {problem !== undefined && <p class="error">{problem}</p>}
      {data && (
        <>
          <Message text={data.message} />
          {data.hint && <Message text={data.hint} />}
          <p class="detail">
            rule <code>{data.rule}</code>
            {data.look_again && (
              <>
                ; looks again <When at={data.look_again} />
              </>
            )}
          </p>
        </>
      )}
    </section>
  )
}
