import { useEffect, useState } from 'preact/hooks'
import { SECOND } from '../lib/instant.ts'
import { count, listed } from '../lib/text.ts'
import { took } from '../lib/took.ts'
import type { RunView, TaskView } from '../server/shapes.ts'
import { useAnswer } from './asked.ts'
import { Outcome, Shape } from './badge.tsx'
import { Message } from './message.tsx'
import { RESULTS } from './results.ts'
import type { Session } from './session.ts'
import { When } from './when.tsx'

interface HistoryProps {
  readonly session: Session
  readonly task: TaskView
  readonly version: string
  /** The run that is to be open; else the newest one that failed. */
  readonly open: string | undefined
}

/** A record; an id is that of a run only, and a run that was resumed for another attempt has one record. */
const keyOf = ({ run_id, operation, slot_time }: RunView) => `${run_id} ${operation} ${slot_time}`

export function History({ session, task, version, open }: HistoryProps) {
  const { data: runs, problem } = useAnswer<readonly RunView[]>(session, `api/tasks/${task.task_id}/runs`, version)
  const [shown, setShown] = useState<string | undefined>(undefined)
  useEffect(() => {
    if (runs === undefined || shown !== undefined) return
    const wanted =
      runs.find(({ run_id }) => run_id === open) ?? runs.find(({ result }) => RESULTS[result].tone === 'bad') ?? runs[0]
    if (wanted) setShown(keyOf(wanted))
  }, [runs, open, shown])
  return (
    <section class="panel" aria-labelledby="history">
      <div class="heading">
        <h2 id="history">Past runs</h2>
        <span class="detail">
          {count(task.run_count, 'run')}, {task.error_count} failed, {task.missed_count} missed
        </span>
      </div>
      {problem !== undefined && <p class="error">{problem}</p>}
      {runs === undefined && problem === undefined && <p class="none">Loading …</p>}
      {runs?.length === 0 && <p class="none">No run has ended yet.</p>}
      {runs !== undefined && runs.length > 0 && (
        <>
          <Bars runs={runs} shown={shown} show={setShown} />
          <ul class="runs">
            {runs.map(run => (
              <Run
                key={keyOf(run)}
                run={run}
                isOpen={keyOf(run) === shown}
                toggle={isOpen => setShown(isOpen ? keyOf(run) : shown === keyOf(run) ? '' : shown)}
              />
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

interface BarsProps {
  readonly runs: readonly RunView[]
  readonly shown: string | undefined
  readonly show: (key: string) => void
}

/** How long the runs took, the newest at the right. A click opens one in the list, which is the way for the keyboard. */
function Bars({ runs, shown, show }: BarsProps) {
  const longest = Math.max(...runs.map(({ duration_seconds }) => duration_seconds ?? 0), 0.001)
  return (
    <figure class="bars">
      <div class="bar-row">
        {[...runs].reverse().map(run => {
          const { operation, result, duration_seconds } = run
          const height = Math.max(3, (48 * (duration_seconds ?? 0)) / longest)
          const lasted = duration_seconds === null ? '' : `, ${took(duration_seconds * SECOND)}`
          return (
            <button
              key={keyOf(run)}
              type="button"
              tabIndex={-1}
              class={keyOf(run) === shown ? 'shown' : undefined}
              title={`${operation} ${RESULTS[result].word}${lasted}`}
              onClick={() => show(keyOf(run))}
            >
              <svg width="100%" height="48" aria-hidden="true">
                <rect
                  class={`tone-${RESULTS[result].tone}`}
                  x="15%"
                  width="70%"
                  y={48 - height}
                  height={height}
                  rx="1"
                />
              </svg>
              <Shape result={result} />
            </button>
          )
        })}
      </div>
      <figcaption class="detail">How long they took, oldest to newest; the longest {took(longest * SECOND)}</figcaption>
    </figure>
  )
}

interface RunProps {
  readonly run: RunView
  readonly isOpen: boolean
  readonly toggle: (isOpen: boolean) => void
}

function Run({ run, isOpen, toggle }: RunProps) {
  return (
    <li>
      <details open={isOpen} onToggle={event => toggle(event.currentTarget.open)}>
        <summary>
          <Outcome result={run.result} />
          <span class="grow">
            {run.operation}
            {run.reason === 'Request' && ', asked for'}
            {run.count > 1 && `, ${count(run.count, 'slot')}`}
          </span>
          <span class="detail">
            {run.duration_seconds !== null && `${took(run.duration_seconds * SECOND)} · `}
            <When at={run.start_time ?? run.slot_time} />
          </span>
        </summary>
        {isOpen && <RunBody run={run} />}
      </details>
    </li>
  )
}

function RunBody({ run }: { readonly run: RunView }) {
  const others = run.namespace_count - run.namespaces.length
  return (
    <div class="run-body">
      {run.error && (
        <>
          <h3>Why</h3>
          <Message text={run.error} />
        </>
      )}
      {run.output && (
        <>
          <h3>Output</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <pre tabIndex={0}>{run.output}</pre>
        </>
      )}
      {!run.error && !run.output && <p class="none">It has left no output.</p>}
      <dl class="facts">
        <dt>Slot</dt>
        <dd>
          <When at={run.slot_time} /> <span class="detail">{run.slot_time}</span>
        </dd>
        {run.start_time && (
          <>
            <dt>Started</dt>
            <dd>{run.start_time}</dd>
          </>
        )}
        {run.command && (
          <>
            <dt>Command</dt>
            <dd>
              <code>{run.command}</code>
            </dd>
          </>
        )}
        {run.namespaces.length > 0 && (
          <>
            <dt>Namespaces</dt>
            <dd>
              {listed(run.namespaces)}
              {others > 0 && ` and ${others} more`}
            </dd>
          </>
        )}
        <dt>Changed</dt>
        <dd>
          {count(run.changed, 'object')}
          {run.dry_run && ' (dry run: nothing was really changed)'}
          {run.attempts > 1 && `, in ${run.attempts} attempts`}
        </dd>
        {run.result_reason && (
          <>
            <dt>Reason</dt>
            <dd>{run.result_reason}</dd>
          </>
        )}
        <dt>Run</dt>
        <dd class="id">{run.run_id}</dd>
      </dl>
    </div>
  )
}
