import { useEffect, useState } from 'preact/hooks'
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
      setAsked({ message: answer.message, runId: answer.run_id })
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }
  const close = () => setOpen(undefined)
  const buttons = offered(task)
  return (
    <div class="actions">
      <div class="buttons">
        {buttons.map(({ action, word, blocked }) => {
          const reason = reasonAgainst(action, may, unknown, blocked)
          return (
            <span key={action}>
              <button
                type="button"
                class={action === 'run' ? 'primary' : undefined}
                disabled={reason !== undefined}
                aria-describedby={reason && `no-${action}`}
                onClick={() => setOpen(action)}
              >
                <Icon name={action} /> {word}
              </button>
            </span>
          )
        })}
      </div>
      <Reasons
        reasons={buttons.flatMap(({ action, word, blocked }) => {
          const reason = reasonAgainst(action, may, unknown, blocked)
          return reason === undefined ? [] : [{ action, word, reason }]
        })}
      />
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
  /** Why it makes no sense now. */
  readonly blocked: string | undefined
}

function offered(task: TaskView): readonly Offer[] {
  const isWaiting = task.status === 'Waiting'
  return [
    { action: 'run', word: 'Run now', blocked: task.status === 'Stalled' ? 'the task cannot run' : undefined },
    ...(task.operation_type === 'sleep'
      ? [{ action: 'wake', word: 'Wake now', blocked: undefined } as const satisfies Offer]
      : []),
    {
      action: 'cancel',
      word: 'Cancel the run',
      blocked: task.active_run || isWaiting ? undefined : 'nothing runs or waits',
    },
    { action: 'hold', word: task.hold_until ? 'Change the hold' : 'Hold', blocked: undefined },
  ]
}

function reasonAgainst(
  action: Action,
  may: ActionsView | undefined,
  unknown: string | undefined,
  blocked: string | undefined,
): string | undefined {
  if (may === undefined) return unknown ?? 'asking what you may do …'
  return may[action] ? blocked : 'you have no right to ask for it'
}

interface Reason extends Omit<Offer, 'blocked'> {
  readonly reason: string
}

/** One line for each reason, with all that it forbids. */
function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  if (reasons.length === 0) return null
  return (
    <ul class="reasons">
      {reasons.map(({ action, word, reason }) => (
        <li key={action} id={`no-${action}`}>
          {word}: {reason}
        </li>
      ))}
    </ul>
  )
}

interface ProgressProps extends ActionsProps {
  readonly asked: Asked
}

/** Follows the run that was asked for until it has ended. */
function Progress({ session, task, version, asked: { message, runId } }: ProgressProps) {
  const path = runId === undefined ? undefined : `api/tasks/${task.task_id}/runs`
  const { data: runs } = useAnswer<readonly RunView[]>(session, path, version)
  const [ended, setEnded] = useState<RunView | undefined>(undefined)
  useEffect(() => setEnded(runs?.find(({ run_id }) => run_id === runId)), [runs, runId])
  if (ended)
    return (
      <p>
        The run that you asked for <Outcome result={ended.result} />
      </p>
    )
  const isRunning = runId !== undefined && task.active_run?.run_id === runId
  return <p>{isRunning ? 'The run that you asked for is under way …' : message}</p>
}
