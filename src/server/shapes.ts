import { z } from 'zod'
import { OPERATIONS, PHASES, RESULTS } from '../api/task.ts'

/**
 * What the REST API answers with: the one source of the handlers' types, of the OpenAPI document and of the dashboard's types.
 * Names are snake_case, absent things are `null`, times are RFC 3339 in UTC, durations are seconds.
 */

const operation = z.enum(OPERATIONS)
const time = z.iso.datetime({ offset: true })
const result = z.enum(RESULTS)
const phase = z.enum([...PHASES, 'Unknown'])
const runReason = z.enum(['Schedule', 'Request', 'Dependency'])

/** A condition as Kubernetes has them. */
const condition = z.strictObject({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  last_transition_time: time.nullable(),
})

/** A record that has ended, as short as a timeline needs it. */
const mark = z.strictObject({ operation, at: time, result, duration_seconds: z.number().nullable(), count: z.number() })

const activeRun = z.strictObject({
  run_id: z.string(),
  operation,
  reason: runReason,
  slot_time: time,
  start_time: time,
  attempt: z.number(),
  next_attempt_time: time.nullable(),
  namespaces: z.array(z.string()),
})

export const taskShape = z.strictObject({
  /** `namespace/name`. */
  task_id: z.string(),
  uid: z.string(),
  namespace: z.string(),
  name: z.string(),
  title: z.string().nullable(),
  cost_center: z.string().nullable(),
  operation_type: operation,
  /** `sleep namespace/team-a`. */
  command: z.string(),
  schedule: z.string().nullable(),
  wake_schedule: z.string().nullable(),
  time_zone: z.string(),
  /** `every weekday at 20:00 in Berlin; wakes every weekday at 07:00`. */
  in_words: z.string(),
  depends_on: z.array(z.string()),
  service_account: z.string(),
  suspend: z.boolean(),
  dry_run: z.boolean(),
  hold_until: time.nullable(),
  /** The phase. */
  status: phase,
  /** Why it is in this phase: of a stalled, waiting or suspended task. */
  status_message: z.string().nullable(),
  run_count: z.number(),
  error_count: z.number(),
  missed_count: z.number(),
  consecutive_failures: z.number(),
  last_run: time.nullable(),
  last_success: time.nullable(),
  last_failure: time.nullable(),
  last_result: result.nullable(),
  last_message: z.string().nullable(),
  next_run: time.nullable(),
  active_run: activeRun.nullable(),
  sleeping: z
    .strictObject({
      since: time.nullable(),
      namespaces: z.array(z.string()),
      workloads: z.number(),
      cpu_cores: z.number(),
      memory_bytes: z.number(),
    })
    .nullable(),
  /** What sleeping has saved in all. */
  saved: z.strictObject({ cpu_core_hours: z.number(), memory_gib_hours: z.number() }),
  conditions: z.array(condition),
  /** Of the past 24 hours, newest first, at most 50. */
  recent: z.array(mark),
  /** Due in the next 24 hours, at most 50. */
  upcoming: z.array(z.strictObject({ operation, at: time })),
})
export type TaskView = z.infer<typeof taskShape>

export const runningShape = z.strictObject({
  task_id: z.string(),
  title: z.string().nullable(),
  status: phase,
  last_run: time.nullable(),
  run_count: z.number(),
  is_done: z.boolean(),
  is_cancelled: z.boolean(),
})
export type RunningView = z.infer<typeof runningShape>

export const statsShape = z.strictObject({
  max_workers: z.number(),
  running_tasks: z.number(),
  task_timeout: z.number(),
  max_retries: z.number(),
  retry_delay: z.number(),
  total_tasks: z.number(),
  pending_tasks: z.number(),
  completed_tasks: z.number(),
  failed_tasks: z.number(),
})
export type StatsView = z.infer<typeof statsShape>

/** `GET /api/tasks/{id}/history`. */
export const historyShape = z.strictObject({
  task_id: z.string(),
  title: z.string().nullable(),
  command: z.string().nullable(),
  timestamp: time,
  execution_time_seconds: z.number().nullable(),
  success: z.boolean(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  operation_type: operation,
  namespace: z.string().nullable(),
  cost_center: z.string().nullable(),
})
export type HistoryView = z.infer<typeof historyShape>

/** `GET /api/tasks/{id}/runs`: all that the status keeps of each record, newest first. */
export const runShape = z.strictObject({
  run_id: z.string(),
  operation,
  reason: runReason,
  slot_time: time,
  start_time: time.nullable(),
  duration_seconds: z.number().nullable(),
  result,
  result_reason: z.string().nullable(),
  attempts: z.number(),
  changed: z.number(),
  dry_run: z.boolean(),
  command: z.string().nullable(),
  namespaces: z.array(z.string()),
  namespace_count: z.number(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  /** How many slots it stands for. */
  count: z.number(),
})
export type RunView = z.infer<typeof runShape>

/** `GET /api/tasks/{id}/next[?count=10]`: the next instants, with what the clocks do to them. */
export const nextShape = z.strictObject({
  operation,
  time,
  /** In the task's zone, with offset: `2026-11-26T20:00:00+01:00`. */
  local: z.string(),
  /** `the clocks go back that night: 02:30 comes twice, this is the first`. */
  note: z.string().nullable(),
})
export type NextView = z.infer<typeof nextShape>

/** `GET /api/tasks/{id}/why`: the rule that decides now, as `rota why` tells it. */
export const whyShape = z.strictObject({
  rule: z.string(),
  decision: z.string(),
  message: z.string(),
  look_again: time.nullable(),
  hint: z.string().nullable(),
})
export type WhyView = z.infer<typeof whyShape>

const said = { reason: z.string(), message: z.string() }
const object = { kind: z.string(), namespace: z.string(), name: z.string() }

/** `GET /api/tasks/{id}/preview`: what each run that can be asked for would do now, with the viewer's rights. */
export const previewShape = z.strictObject({
  seen_as: z.enum(['Caller', 'Account']),
  runs: z.array(
    z.strictObject({
      operation,
      verdict: z.enum(['WouldSucceed', 'WouldFail', 'Unknown']),
      refused: z.strictObject(said).nullable(),
      dry_run: z.boolean(),
      namespaces: z.array(z.string()),
      changes: z.array(
        z.strictObject({ ...object, action: z.enum(['Patch', 'Apply', 'Create', 'Delete']), says: z.string() }),
      ),
      already: z.number(),
      left: z.array(z.strictObject({ ...object, ...said })),
      failures: z.array(z.strictObject({ ...said, remedy: z.string().nullable() })),
      unseen: z.array(z.string()),
      missing_rights: z.array(
        z.strictObject({
          verb: z.string(),
          resource: z.string(),
          namespace: z.string().nullable(),
          remedy: z.string(),
        }),
      ),
    }),
  ),
})
export type PreviewView = z.infer<typeof previewShape>

/** `GET /api/tasks/{id}/actions`: what the viewer may ask for. */
export const actionsShape = z.strictObject({
  run: z.boolean(),
  wake: z.boolean(),
  cancel: z.boolean(),
  hold: z.boolean(),
})
export type ActionsView = z.infer<typeof actionsShape>

/** `POST /api/tasks/{id}/{run,wake,cancel,hold}`; `token` is what was written, and `run_id` the run that it leads to. */
export const askedShape = z.strictObject({
  message: z.string(),
  token: z.string().optional(),
  run_id: z.string().optional(),
})
export type AskedView = z.infer<typeof askedShape>

/** `GET /api/tasks/watch[?namespace=]`: one line of JSON each; a `beat` when nothing has happened for 10 s. */
export const eventShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('all'), tasks: z.array(taskShape), now: time }),
  z.strictObject({ type: z.literal('put'), task: taskShape }),
  z.strictObject({ type: z.literal('gone'), task_id: z.string() }),
  z.strictObject({ type: z.literal('beat'), now: time }),
])
export type WatchEvent = z.infer<typeof eventShape>

/** RFC 9457, `application/problem+json`. */
export const problemShape = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
})
export type Problem = z.infer<typeof problemShape>
