import { randomBytes } from 'node:crypto'
import {
  CANCEL_ANNOTATION,
  HOLD_ANNOTATION,
  LONGEST_HOLD_DAYS,
  RUN_ANNOTATION,
  TOKEN,
  WAKE_ANNOTATION,
} from '../api/names.ts'
import { operationOf, type ScheduledTask } from '../api/task.ts'
import { runId } from '../decide/run.ts'
import { HOUR, instantOf, rfc3339 } from '../lib/instant.ts'
import { relative } from '../lib/relative.ts'
import { type ClusterFlags, type TaskAccess, taskAccess } from './access.ts'
import { progressOf } from './follow.ts'
import { CommandError, DONE, FAILED, type Io, misuse } from './io.ts'
import { painter } from './paint.ts'
import { durationOf, timeOf, timeoutOf } from './time.ts'
import { watching } from './watching.ts'

export interface RequestFlags extends ClusterFlags {
  readonly wait?: boolean
  readonly timeout: string
  readonly token?: string
}

/** What a command has done, for people and for `-o json`. */
interface Answer {
  readonly says: string
  readonly json: object
  readonly ok?: boolean
}

/** `rota run`: runs now, whatever suspend, hold, breaker and dependencies say. */
export function run(io: Io, name: string, flags: RequestFlags): Promise<number> {
  return onTask(io, name, flags, access => asked(io, access, 'run', flags))
}

/** `rota wake`: wakes what a sleep task has put to sleep, until its next sleep slot. */
export function wake(io: Io, name: string, flags: RequestFlags): Promise<number> {
  return onTask(io, name, flags, access => asked(io, access, 'wake', flags))
}

async function asked(io: Io, access: TaskAccess, request: 'run' | 'wake', flags: RequestFlags): Promise<Answer> {
  const token = tokenOf(io, flags.token)
  const timeout = timeoutOf(flags)
  const task = await access.read()
  const operation = request === 'wake' ? 'wake' : operationOf(task.spec)
  if (request === 'wake' && task.spec.operation.sleep === undefined) {
    throw new CommandError(
      `${access.key} runs ${operationOf(task.spec)}, not sleep: there is nothing that it could wake`,
    )
  }
  const annotation = request === 'run' ? RUN_ANNOTATION : WAKE_ANNOTATION
  const { metadata } = await access.patch(annotated(task, { [annotation]: token }))
  const id = runId(metadata.uid, operation ?? 'restart', 'Request', token)
  const json = { task: access.key, request, token, run: id }
  if (!flags.wait) return { says: `${request} requested, run ${id}`, json }
  const wanted = { uid: metadata.uid, request, token, id }
  const ended = await watching(io, access, timeout, object => {
    const progress = progressOf(object, wanted, io.clock.now())
    return progress.done ? { says: '', taken: true, result: progress } : progress
  })
  return {
    says: ended.says,
    ok: ended.ok,
    json: { ...json, succeeded: ended.ok, message: ended.says, record: ended.entry ?? null },
  }
}

/** `rota cancel`: cancels the active or waiting run. */
export function cancel(io: Io, name: string, flags: RequestFlags & { readonly run?: string }): Promise<number> {
  return onTask(io, name, flags, async access => {
    if (flags.run !== undefined && !/^[0-9a-f]{16}$/.test(flags.run))
      misuse(`--run=${flags.run}: must be the id of a run, 16 hex digits: see rota history ${access.key}`)
    const token = flags.run ?? tokenOf(io, flags.token)
    const timeout = timeoutOf(flags)
    const before = await access.read()
    const { metadata } = await access.patch(annotated(before, { [CANCEL_ANNOTATION]: token }))
    const json = { task: access.key, request: 'cancel', token }
    if (!flags.wait) return { says: 'cancel requested', json }
    const known = new Set(before.status?.history?.map(({ id }) => id))
    return watching<Answer>(io, access, timeout, ({ metadata: { uid }, status }) => {
      if (uid !== metadata.uid)
        throw new CommandError(`${access.key} was deleted, and there is another one of this name now`)
      if (status?.handled?.cancel !== token) return { says: 'cancel requested', taken: false }
      const record = status.history?.find(({ id, result }) => result === 'Cancelled' && !known.has(id))
      const says = record
        ? `cancelled run ${record.id}: ${record.error ?? status.lastMessage}`
        : 'nothing was there to cancel'
      return { says: '', taken: true, result: { says, json: { ...json, record: record ?? null } } }
    })
  })
}

/** `rota suspend`, and `rota resume`, which ends a hold too: afterwards the task is scheduled. */
export function suspend(io: Io, name: string, flags: RequestFlags, to: boolean): Promise<number> {
  return onTask(io, name, flags, async access => {
    const timeout = timeoutOf(flags)
    const before = await access.read()
    const hold = before.metadata.annotations?.[HOLD_ANNOTATION]
    const wasHeld = !to && (instantOf(hold) ?? 0) > io.clock.now()
    const annotations = !to && hold !== undefined ? { metadata: { annotations: { [HOLD_ANNOTATION]: null } } } : {}
    const { metadata } = await access.patch({ spec: { suspend: to }, ...annotations })
    const already = before.spec.suspend === to && !wasHeld
    const says = `${already ? 'is already ' : ''}${to ? 'suspended' : 'resumed'}${wasHeld ? ', its hold has ended' : ''}`
    const answer = {
      says,
      json: { task: access.key, suspend: to, hold: to ? (before.status?.holdUntil ?? null) : null },
    }
    if (!flags.wait) return answer
    return watching<Answer>(io, access, timeout, ({ status }) =>
      status?.observedGeneration === metadata.generation && !(wasHeld && status.holdUntil !== undefined)
        ? { says: '', taken: true, result: answer }
        : { says: 'waiting until it is seen', taken: false },
    )
  })
}

/** `rota hold`: no scheduled runs for a while; needs no edit in Git and ends by itself. */
export function hold(
  io: Io,
  name: string,
  flags: RequestFlags & { readonly until?: string; readonly for?: string },
): Promise<number> {
  return onTask(io, name, flags, async access => {
    const now = io.clock.now()
    const timeout = timeoutOf(flags)
    if ((flags.until === undefined) === (flags.for === undefined)) misuse('give one of --until TIME and --for DURATION')
    const until = flags.until === undefined ? timeAfter(flags.for ?? '', now) : timeOf(flags.until, now)
    const given = flags.until === undefined ? `--for=${flags.for}` : `--until=${flags.until}`
    if (until === undefined)
      misuse(`${given}: write a time such as ${rfc3339(now + 2 * HOUR)}, or a duration such as 90m, 2h or 3d`)
    if (until <= now) misuse(`${given}: lies in the past`)
    if (until > now + LONGEST_HOLD)
      misuse(`${given}: a hold lasts ${LONGEST_HOLD_DAYS} days at most: use rota suspend ${access.key}`)
    const text = rfc3339(until)
    const before = await access.read()
    await access.patch(annotated(before, { [HOLD_ANNOTATION]: text }))
    const answer = {
      says: `held until ${text} (${relative(instantOf(text) ?? until, now)})`,
      json: { task: access.key, holdUntil: text },
    }
    if (!flags.wait) return answer
    return watching<Answer>(io, access, timeout, ({ status }) =>
      status?.holdUntil === text
        ? { says: '', taken: true, result: answer }
        : { says: 'waiting until it is seen', taken: false },
    )
  })
}

const LONGEST_HOLD = LONGEST_HOLD_DAYS * 24 * HOUR

function timeAfter(duration: string, now: number): number | undefined {
  const length = durationOf(duration)
  return length === undefined ? undefined : now + length
}

/** Does it, tells what was done, and lets go of the connection. */
async function onTask(
  io: Io,
  name: string,
  flags: RequestFlags,
  act: (access: TaskAccess) => Promise<Answer>,
): Promise<number> {
  const access = await taskAccess(io, name, flags)
  try {
    const { says, json, ok = true } = await act(access)
    const paint = painter(io, io.out)
    io.out.write(
      flags.output === 'json'
        ? `${JSON.stringify(json)}\n`
        : `scheduledtask ${access.key}: ${paint(ok ? 'green' : 'red', says)}\n`,
    )
    return ok ? DONE : FAILED
  } finally {
    await access.close()
  }
}

/** Only if it is still the same task: not one that was created anew in between. */
function annotated({ metadata: { uid } }: ScheduledTask, annotations: Readonly<Record<string, string>>): object {
  return { metadata: { uid, annotations } }
}

function tokenOf(io: Io, given: string | undefined): string {
  if (given === undefined) return `${new Date(io.clock.now()).toISOString()}-${randomBytes(3).toString('hex')}`
  if (!TOKEN.test(given)) misuse(`--token=${given}: must be 1 to 64 characters out of A-Z a-z 0-9 . _ : + -`)
  return given
}
