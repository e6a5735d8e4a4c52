import type { Fact } from '../api/facts.ts'
import type { StatusEvent } from '../decide/events.ts'
import type { Task } from '../decide/task.ts'
import { type Instant, instantOf, rfc3339, SECOND } from '../lib/instant.ts'

/** What a write of these events tells the world; `task` as it was before. */
export function factsOf(task: Task, events: readonly StatusEvent[], now: Instant): readonly Fact[] {
  const facts: Fact[] = []
  const run = task.status.activeRun
  for (const event of events) {
    if (event.event === 'NotRun') {
      const { id, operation, result, reason, message, slotTime, count } = event
      const about = { task: task.key, run: id, operation, result, reason, message, slot: rfc3339(slotTime), count }
      facts.push({ fact: 'NotRun', ...about })
    }
    if (event.event === 'Waiting')
      facts.push({ fact: 'Waiting', task: task.key, rule: event.rule, message: event.message })
    if (event.event === 'Ended' && run) {
      const { result, reason, message } = event
      const { id, operation, attempt, startTime } = run
      const seconds = Math.max(0, now - (instantOf(startTime) ?? now)) / SECOND
      facts.push({ fact: 'Ended', task: task.key, run: id, operation, result, reason, message, seconds, attempt })
    }
  }
  return facts
}
