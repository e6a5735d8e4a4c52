import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { CANCEL_ANNOTATION, HOLD_ANNOTATION, LONGEST_HOLD_DAYS, RUN_ANNOTATION, WAKE_ANNOTATION } from '../api/names.ts'
import type { Task } from '../decide/task.ts'
import { HOUR, type Instant, instantOf, rfc3339 } from '../lib/instant.ts'
import type { Asked, Changeable } from './asked.ts'
import { badRequest, Refusal } from './problem.ts'
import type { ActionsView, AskedView } from './shapes.ts'

/** Runs now, whatever suspend, hold, breaker and dependencies say. */
export async function askToRun(asked: Asked): Promise<AskedView> {
  const task = await asked.changeable()
  const token = newToken(asked)
  const { metadata, spec } = await change(asked, task, { [RUN_ANNOTATION]: token })
  const [operation = 'restart'] = Object.keys(spec.operation) as Task['operation'][]
  return { message: 'Run requested', token, run_id: asked.api.tasks.runId(metadata.uid, operation, token) }
}

/** Wakes what a sleep task has put to sleep, until its next sleep slot. */
export async function askToWake(asked: Asked): Promise<AskedView> {
  const task = await asked.changeable()
  const { seen } = task
  if (seen && seen.spec.operation.sleep === undefined && (await asked.viewer.may({ verb: 'get', ...placeOf(task) })))
    throw new Refusal(409, `${seen.key} runs ${seen.operation}, not sleep: there is nothing that it could wake`)
  const token = newToken(asked)
  const { metadata } = await change(asked, task, { [WAKE_ANNOTATION]: token })
  return { message: 'Wake requested', token, run_id: asked.api.tasks.runId(metadata.uid, 'wake', token) }
}

/** Ends the active run, or keeps the one that waits from starting. */
export async function askToCancel(asked: Asked): Promise<AskedView> {
  const task = await asked.changeable()
  const { seen } = task
  const { tasks } = asked.api
  if (seen && !tasks.canCancel(seen, asked.api.now()) && (await asked.viewer.may({ verb: 'get', ...placeOf(task) })))
    throw new Refusal(409, `${seen.key} has no run that is active or waits: there is nothing to cancel`)
  await change(asked, task, { [CANCEL_ANNOTATION]: newToken(asked) })
  return { message: 'Task cancelled successfully' }
}

const LONGEST_HOLD = LONGEST_HOLD_DAYS * 24 * HOUR
export const holdBody = z.strictObject({ until: z.string().nullable() })

/** No scheduled runs until then; `null` ends a hold. */
export async function askToHold(asked: Asked): Promise<AskedView> {
  const task = await asked.changeable()
  const now = asked.api.now()
  const body = holdBody.safeParse(await asked.json())
  if (!body.success)
    throw badRequest(
      `the body must be {"until": TIME}, such as ${rfc3339(now + 2 * HOUR)}, or {"until": null} to end a hold`,
    )
  const until = untilOf(body.data.until, now)
  await change(asked, task, { [HOLD_ANNOTATION]: until === null ? null : rfc3339(until) })
  return { message: until === null ? 'The hold has ended' : `Held until ${rfc3339(until)}` }
}

/** @throws Refusal */
function untilOf(given: string | null, now: Instant): Instant | null {
  if (given === null) return null
  const until = instantOf(given)
  if (until === undefined)
    throw badRequest(`until: '${given}' must be an RFC 3339 time such as ${rfc3339(now + 2 * HOUR)}`)
  if (until <= now) throw badRequest(`until: ${given} lies in the past`)
  if (until > now + LONGEST_HOLD)
    throw badRequest(`until: ${given}: a hold lasts ${LONGEST_HOLD_DAYS} days at most; suspend the task`)
  return until
}

/** What the viewer may ask for, and what would have an effect now. */
export async function actionsFor(asked: Asked): Promise<ActionsView> {
  const task = await asked.readable()
  const may = await asked.viewer.may({ verb: 'patch', ...placeOf(task) })
  return {
    run: may,
    wake: may && task.status.sleeping !== undefined && task.spec.operation.sleep !== undefined,
    cancel: may && asked.api.tasks.canCancel(task, asked.api.now()),
    hold: may && task.lines.length > 0,
  }
}

function change(
  { viewer }: Asked,
  { seen, ...place }: Changeable,
  annotations: Readonly<Record<string, string | null>>,
) {
  return viewer.annotate({ ...place, ...(seen && { uid: seen.uid }) }, annotations)
}

function placeOf({ namespace, name }: Pick<Task, 'namespace' | 'name'>) {
  return { namespace, name }
}

function newToken({ api }: Asked): string {
  return `${new Date(api.now()).toISOString()}-${randomBytes(3).toString('hex')}`
}
