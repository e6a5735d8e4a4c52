import { useState } from 'preact/hooks'
import { count, listed } from '../lib/text.ts'
import type { PreviewView, TaskView } from '../server/shapes.ts'
import { useAnswer } from './asked.ts'
import { Icon } from './icon.tsx'
import { Message } from './message.tsx'
import type { Session } from './session.ts'

type Run = PreviewView['runs'][number]

const VERDICTS = {
  WouldSucceed: { word: 'would succeed', tone: 'good' },
  WouldFail: { word: 'would fail', tone: 'bad' },
  Unknown: { word: 'cannot be told', tone: 'warn' },
} as const
const MANY = 50

interface PreviewProps {
  readonly session: Session
  readonly task: TaskView
  readonly version: string
}

/** What a run would change now; asked for by a click only, as it reads what the run would read. */
export function Preview({ session, task, version }: PreviewProps) {
  const [asked, setAsked] = useState(0)
  const path = asked > 0 ? `api/tasks/${task.task_id}/preview` : undefined
  const { data, problem } = useAnswer<PreviewView>(session, path, `${asked} ${version}`)
  return (
    <section class="panel" aria-labelledby="preview">
      <div class="heading">
        <h2 id="preview">What a run would do now</h2>
        <button type="button" onClick={() => setAsked(asked + 1)}>
          <Icon name="look" /> {asked > 0 ? 'Look again' : 'Preview'}
        </button>
      </div>
      <div aria-live="polite">
        {asked === 0 && <p class="none">Nothing is changed by looking.</p>}
        {asked > 0 && !data && problem === undefined && <p class="none">Looking …</p>}
        {problem !== undefined && <p class="error">{problem}</p>}
        {data?.runs.map(run => (
          <PreviewedRun key={run.operation} run={run} />
        ))}
        {data && (
          <p class="detail">
            Seen with {data.seen_as === 'Caller' ? 'your own rights' : 'the rights of the task’s account'}.
          </p>
        )}
      </div>
    </section>
  )
}

function PreviewedRun({ run }: { readonly run: Run }) {
  const { word, tone } = VERDICTS[run.verdict]
  const shown = run.changes.slice(0, MANY)
  return (
    <article class="previewed">
      <h3>
        {run.operation} <span class={`badge tone-${tone}`}>{word}</span>
        {run.dry_run && <span class="badge tone-warn">dry run</span>}
      </h3>
      {run.refused && <Message text={run.refused.message} />}
      <p>
        {summaryOf(run)}
        {run.namespaces.length > 0 && ` in ${listed(run.namespaces)}`}
        {run.already > 0 && `; ${run.already} are as wanted already`}.
      </p>
      <ul class="changes">
        {shown.map(({ kind, namespace, name, action, says }) => (
          <li key={`${kind} ${namespace} ${name} ${action}`}>
            <span class={`badge ${action === 'Delete' ? 'tone-bad' : 'tone-quiet'}`}>{action.toLowerCase()}</span>{' '}
            {says}
            {run.namespaces.length > 1 && namespace && <span class="detail"> in {namespace}</span>}
          </li>
        ))}
        {shown.length < run.changes.length && <li>and {run.changes.length - shown.length} more</li>}
      </ul>
      <Failures run={run} />
      <MissingRights rights={run.missing_rights} />
      {run.left.length > 0 && (
        <>
          <h4>Left out</h4>
          <ul class="changes">
            {run.left.slice(0, MANY).map(({ kind, namespace, name, message }) => (
              <li key={`${kind} ${namespace} ${name}`}>
                <span class="id">{name}</span> {kind}: {message}
              </li>
            ))}
            {run.left.length > MANY && <li>and {run.left.length - MANY} more</li>}
          </ul>
        </>
      )}
      {run.unseen.length > 0 && <p class="detail">Not seen: {listed(run.unseen)}.</p>}
    </article>
  )
}

function summaryOf({ changes, verdict }: Run): string {
  const isSeen = verdict !== 'Unknown'
  if (changes.length === 0) return isSeen ? 'It would change nothing' : 'What it would change cannot be seen'
  return `It would change ${isSeen ? '' : 'at least '}${count(changes.length, 'object')}`
}

/** What one command would help is told together; a command that stands below, with all rights that are missing, is not. */
function Failures({ run: { failures, missing_rights: rights } }: { readonly run: Run }) {
  const groups = Map.groupBy(failures, ({ remedy }) => remedy)
  return (
    <>
      {[...groups].map(([remedy, found]) => (
        <div class="error" key={remedy ?? ''}>
          {found.map(({ reason, message }) => (
            <Message key={`${reason} ${message}`} text={message} />
          ))}
          {remedy && !rights.some(right => right.remedy === remedy) && <Message text={remedy} />}
        </div>
      ))}
    </>
  )
}

/** All that one command would allow is told together. */
function MissingRights({ rights }: { readonly rights: Run['missing_rights'] }) {
  return (
    <>
      {[...Map.groupBy(rights, ({ remedy }) => remedy)].map(([remedy, missing]) => {
        const verbs = Map.groupBy(
          missing,
          ({ resource, namespace }) => `${resource}${namespace ? ` in ${namespace}` : ''}`,
        )
        const told = [...verbs].map(([place, found]) => `${listed(found.map(({ verb }) => verb))} ${place}`)
        return (
          <div class="error" key={remedy}>
            The account may not {told.join('; ')}. To allow it:
            <Message text={remedy} />
          </div>
        )
      })}
    </>
  )
}
