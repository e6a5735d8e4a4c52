import { rfc3339 } from '../lib/instant.ts'
import { clockNote } from '../schedule/clock-note.ts'
import { localTime } from '../schedule/local-time.ts'
import type { Asked } from './asked.ts'
import { badRequest } from './problem.ts'
import type { NextView } from './shapes.ts'

const USUAL = 10
const MOST = 100

/** The next instants of a task, with what the clocks do to them. */
export async function nextOf(asked: Asked): Promise<NextView[]> {
  const task = await asked.readable()
  const given = asked.query('count') ?? String(USUAL)
  const count = /^\d{1,3}$/.test(given) ? Number(given) : 0
  if (count < 1 || count > MOST) throw badRequest(`count=${given}: must be a whole number from 1 to ${MOST}`)
  const { timeZone: zone, daylightSaving } = task.spec
  return asked.api.tasks.upcoming(task, asked.api.now(), count).map(({ operation, at, due }) => {
    const expression = task.lines.find(line => line.operation === operation)?.expression
    const schedule = expression === undefined ? undefined : { expression, zone, ...daylightSaving, hashKey: task.key }
    const note = (schedule && clockNote(schedule, at)) ?? null
    return { operation, time: rfc3339(due), local: localTime(due, zone), note }
  })
}
