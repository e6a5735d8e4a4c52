import { z } from 'zod'
import type { Task } from '../decide/task.ts'
import { actionsFor, askToCancel, askToHold, askToRun, askToWake, holdBody } from './ask-for.ts'
import type { Asked } from './asked.ts'
import { nextOf } from './next.ts'
import { historyView, runView } from './records.ts'
import {
  actionsShape,
  askedShape,
  eventShape,
  historyShape,
  nextShape,
  previewShape,
  runningShape,
  runShape,
  statsShape,
  taskShape,
  whyShape,
} from './shapes.ts'
import { statsOf } from './stats.ts'
import { runningView, taskView } from './task-view.ts'
import { taskViews } from './task-views.ts'
import { watchTasks } from './watch.ts'

/** A route of the REST API: what answers it, and what the OpenAPI document says about it. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** `{id}` stands for a task. */
  readonly path: string
  readonly summary: string
  /** Of the answer; of each line of a stream. */
  readonly shape: z.ZodType
  readonly query?: Readonly<Record<string, string>>
  readonly body?: z.ZodType
  /** What it is refused with, besides what all are refused with. */
  readonly refusals?: readonly number[]
  readonly answer: (asked: Asked) => Promise<unknown>
  /** Lines of JSON that come one after the other instead of an answer. */
  readonly stream?: (asked: Asked, closing: AbortSignal, ended: () => void) => Promise<ReadableStream<Uint8Array>>
}

const NAMESPACE = { namespace: 'Only of this namespace; without it the right to list the tasks of all is needed.' }

/** A route cannot answer with what its shape does not say. */
function route<T>(
  made: Omit<Route, 'shape' | 'answer'> & {
    readonly shape: z.ZodType<T>
    readonly answer: (asked: Asked) => Promise<T>
  },
): Route {
  return made
}

export const ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/tasks',
    summary: 'All tasks.',
    query: NAMESPACE,
    shape: z.array(taskShape),
    answer: async asked => taskViews(asked.api, await listed(asked), asked.signal),
  }),
  route({
    method: 'GET',
    path: '/api/tasks/running',
    summary: 'Tasks whose run is active.',
    query: NAMESPACE,
    shape: z.array(runningShape),
    answer: async asked => (await listed(asked)).filter(({ status }) => status.activeRun).map(runningView),
  }),
  route({
    method: 'GET',
    path: '/api/tasks/stats',
    summary: 'Numbers of tasks by state, and the settings of this process.',
    query: NAMESPACE,
    shape: statsShape,
    answer: async asked => statsOf(asked.api, await listed(asked)),
  }),
  {
    method: 'GET',
    path: '/api/tasks/watch',
    summary: 'All tasks, then each one that changes: a line of JSON each.',
    query: NAMESPACE,
    shape: eventShape,
    answer: asked => listed(asked),
    stream: async (asked, closing, ended) => {
      const namespace = await asked.listable()
      const isAllowed = () => asked.viewer.may({ verb: 'list', ...(namespace !== undefined && { namespace }) })
      return watchTasks(asked.api, { namespace, isAllowed, ended, signal: closing })
    },
  },
  route({
    method: 'GET',
    path: '/api/tasks/{id}',
    summary: 'One task.',
    shape: taskShape,
    answer: async asked => taskView(asked.api.tasks, await asked.readable(), asked.api.now()),
  }),
  route({
    method: 'GET',
    path: '/api/tasks/{id}/history',
    summary: 'Past runs, newest first, as many as spec.historyLimit keeps.',
    shape: z.array(historyShape),
    answer: async asked => {
      const task = await asked.readable()
      return asked.api.tasks.history(task).map(entry => historyView(task, entry))
    },
  }),
  route({
    method: 'GET',
    path: '/api/tasks/{id}/runs',
    summary: 'Past runs, newest first, with all that is kept of them.',
    shape: z.array(runShape),
    answer: async asked => asked.api.tasks.history(await asked.readable()).map(runView),
  }),
  route({
    method: 'GET',
    path: '/api/tasks/{id}/next',
    summary: 'The next instants, with what the clocks do to them.',
    query: { count: 'How many, from 1 to 100; 10 unless told.' },
    shape: z.array(nextShape),
    refusals: [400],
    answer: nextOf,
  }),
  route({
    method: 'GET',
    path: '/api/tasks/{id}/why',
    summary: 'The rule that decides now, and why it decides so.',
    shape: whyShape,
    answer: async asked => {
      const task = await asked.readable()
      return asked.api.tasks.why(task, await asked.seesAll(), asked.api.now())
    },
  }),
  route({
    method: 'GET',
    path: '/api/tasks/{id}/preview',
    summary: 'What a run would change now, seen with the rights of the caller.',
    shape: previewShape,
    answer: async asked => asked.viewer.preview(await asked.readable(), await asked.seesAll(), asked.signal),
  }),
  route({
    method: 'GET',
    path: '/api/tasks/{id}/actions',
    summary: 'What the caller may ask for, and what would have an effect now.',
    shape: actionsShape,
    answer: actionsFor,
  }),
  route({
    method: 'POST',
    path: '/api/tasks/{id}/run',
    summary: 'Runs now.',
    shape: askedShape,
    answer: askToRun,
  }),
  route({
    method: 'POST',
    path: '/api/tasks/{id}/wake',
    summary: 'Wakes what a sleep has put to sleep.',
    refusals: [409],
    shape: askedShape,
    answer: askToWake,
  }),
  route({
    method: 'POST',
    path: '/api/tasks/{id}/cancel',
    summary: 'Cancels the run that is active or waits.',
    refusals: [409],
    shape: askedShape,
    answer: askToCancel,
  }),
  route({
    method: 'POST',
    path: '/api/tasks/{id}/hold',
    summary: 'No scheduled runs until a time; null ends that.',
    body: holdBody,
    refusals: [400, 413],
    shape: askedShape,
    answer: askToHold,
  }),
]

/** The tasks that the caller may list. */
async function listed(asked: Asked): Promise<readonly Task[]> {
  const namespace = await asked.listable()
  return [...asked.api.tasks.all()].filter(task => namespace === undefined || task.namespace === namespace)
}
