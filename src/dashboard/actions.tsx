import { useEffect, useState } from 'preact/hooks'
import { listed } from '../lib/text.ts'
import type { ActionsView, AskedView, RunView, TaskView } from '../server/shapes.ts'
import { useAnswer } from './asked.ts'
import { Outcome } from './badge.tsx'
import { Confirm } from './confirm.tsx'
import { HoldDialog } from './hold-dialog.tsx'
import { Icon } from './icon.tsx'
import type { Session } from './session.ts'

type Action = keyof ActionsView

interface ActionsProps {
  readonly session: Session
  readonly task: TaskView
  readonly version: string
}

/** What was asked for, and what has come of it. */
interface Asked {
  readonly message: string
  readonly runId: string | undefined
  /** Whether it is a run that was asked for, and not one that was there. */
  readonly isMine: boolean
}

/** The buttons; what the viewer may not do, and what makes no sense now, says why. */
export function Actions({ session, task, version }: ActionsProps) {
  const path = `api/tasks/${task.task_id}`
  const { data: may, problem: unknown } = useAnswer<ActionsView>(session, `${path}/actions`, version)
  const [open, setOpen] = useState<Action | undefined>(undefined)
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)

  const ask = async (action: Action, body?: object) => {
    setOpen(undefined)
    setProblem(undefined)
    try {
      const answer = await session.ask<AskedView>(`${path}/${action}`, { method: 'POST', ...(body && { body }) })
      // What is cancelled is the run that is active now.
      const runId = action === 'cancel' ? task.active_run?.run_id : answer.run_id
      setAsked({ message: answer.message, runId, isMine: action !== 'cancel' })
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }
  const close = () => setOpen(undefined)
  const offers = offered(task).map(offer => ({ ...offer, reason: reasonAgainst(offer, may, unknown) }))
  return (
    <div class="actions">
      <div class="buttons">
        {offers.map(({ action, word, reason }) => (
          <button
            key={action}
            type="button"
            class={action === 'run' ? 'primary' : undefined}
            disabled={reason !== undefined}
            aria-describedby={reason && idOf(reason)}
            onClick={() => setOpen(action)}
          >
            <Icon name={action} /> {word}
          </button>
        ))}
      </div>
      <Reasons offers={offers} />
      <div role="status" class="asked">
        {asked && <Progress session={session} task={task} version={version} asked={asked} />}
      </div>
      {problem !== undefined && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      {open === 'run' && (
        <Confirm title={`Run ${task.task_id} now?`} word="Run now" confirm={() => ask('run')} close={close}>
          It runs “{task.command}” at once, whatever its schedule says, and does not move its next run.
          {task.dry_run && ' It is a dry run: nothing is really changed.'}
        </Confirm>
      )}
      {open === 'wake' && (
        <Confirm title={`Wake ${task.task_id} now?`} word="Wake now" confirm={() => ask('wake')} close={close}>
          What this task holds asleep is put back now, and stays so until its next sleep.
        </Confirm>
      )}
      {open === 'cancel' && (
        <Confirm
          title={`Cancel the run of ${task.task_id}?`}
          word="Cancel the run"
          isDangerous
          confirm={() => ask('cancel')}
          close={close}
        >
          The run ends at once. What it has changed so far stays as it is.
        </Confirm>
      )}
      {open === 'hold' && <HoldDialog task={task} hold={until => ask('hold', { until })} close={close} />}
    </div>
  )
}

interface Offer {
  readonly action: Action
  readonly word: string
  /** Why it would have no effect now, if that is so. */
  readonly idle: string
}

function offered(task: TaskView): readonly Offer[] {
  const wake: Offer = { action: 'wake', word: 'Wake now', idle: 'nothing sleeps by this task' }
  return [
    { action: 'run', word: 'Run now', idle: 'it cannot run' },
    ...(task.operation_type === 'sleep' ? [wake] : []),
    { action: 'cancel', word: 'Cancel the run', idle: 'nothing runs or waits' },
    { action: 'hold', word: task.hold_until ? 'Change the hold' : 'Hold', idle: 'it has no schedule' },
  ]
}

/** Who may ask for one thing may ask for all of them: what is missing then is an effect. */
function reasonAgainst({ action, idle }: Offer, may: ActionsView | undefined, unknown: string | undefined) {
  if (may === undefined) return unknown ?? 'asking what you may do …'
  if (may[action]) return undefined
  return may.run ? idle : 'you have no right to ask for it'
}

/** Each reason once, with all that it forbids. */
function Reasons({ offers }: { readonly offers: readonly (Offer & { readonly reason: string | undefined })[] }) {
  const groups = Map.groupBy(offers, ({ reason }) => reason)
  groups.delete(undefined)
  if (groups.size === 0) return null
  return (
    <ul class="reasons">
      {[...groups].map(([reason = '', found]) => (
        <li key={reason} id={idOf(reason)}>
          {listed(found.map(({ word }) => word))}: {reason}
        </li>
      ))}
    </ul>
  )
}

function idOf(reason: string): string {
  return `no-${reason.replace(/\W+/g, '-')}`
}

interface ProgressProps extends ActionsProps {
  readonly asked: Asked
}

/** Follows the run that was asked for until it has ended. */
function Progress({ session, task, version, asked: { message, runId, isMine } }: ProgressProps) {
  const path = runId === undefined ? undefined : `api/tasks/${task.task_id}/runs`
  const { data: runs } = useAnswer<readonly RunView[]>(session, path, version)
  const [ended, setEnded] = useState<RunView | undefined>(undefined)
  useEffect(() => setEnded(runs?.find(({ run_id }) => run_id === runId)), [runs, runId])
  if (ended)
    return (
      <p>
        {isMine ? 'The run that you asked for' : 'The run'} <Outcome result={ended.result} />
      </p>
    )
  const isRunning = isMine && runId !== undefined && task.active_run?.run_id === runId
  return <p>{isRunning ? 'The run that you asked for is under way …' : message}</p>
}
