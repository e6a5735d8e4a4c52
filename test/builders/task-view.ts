import type { TaskView } from '../../src/server/shapes.ts'

/** A restart at 03:00, which ran last night and is all right, as the REST API tells of it. */
export function taskView(task_id: string, over: Partial<TaskView> = {}): TaskView {
  const [namespace = '', name = ''] = task_id.split('/')
  return {
    task_id,
    uid: `uid of ${task_id}`,
    namespace,
    name,
    title: null,
    cost_center: null,
    operation_type: 'restart',
    command: `restart namespace/${namespace}`,
    schedule: '0 3 * * *',
    wake_schedule: null,
    time_zone: 'UTC',
    in_words: 'every day at 03:00 UTC',
    depends_on: [],
    service_account: 'rota',
    suspend: false,
    dry_run: false,
    hold_until: null,
    status: 'Scheduled',
    status_message: null,
    run_count: 1,
    error_count: 0,
    missed_count: 0,
    consecutive_failures: 0,
    last_run: '2026-11-25T03:00:00Z',
    last_success: '2026-11-25T03:00:00Z',
    last_failure: null,
    last_result: 'Succeeded',
    last_message: 'restarted 1 Deployment',
    next_run: '2026-11-26T03:00:00Z',
    active_run: null,
    sleeping: null,
    saved: { cpu_core_hours: 0, memory_gib_hours: 0 },
    conditions: [],
    recent: [],
    upcoming: [],
    ...over,
  }
}
