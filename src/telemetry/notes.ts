import type { Fact } from '../api/facts.ts'
import { isFailure } from '../api/task.ts'
import { capitalised, count } from '../lib/text.ts'

/** What an Event tells people about a task. */
export interface Note {
  /** `namespace/name`. */
  readonly task: string
  /** CamelCase, as in the task's history or condition. */
  readonly reason: string
  /** CamelCase: what was being done. */
  readonly action: string
  readonly says: string
}

/** What is worth an Event: that something is wrong. A success is none, nor is what people themselves asked for. */
export function noteOf(fact: Fact): Note | undefined {
  switch (fact.fact) {
    case 'Ended':
      if (!isFailure(fact.result)) return undefined
      return about(fact.task, fact.reason, capitalised(fact.operation), `run ${fact.run} failed: ${fact.message}`)
    case 'NotRun':
      if (fact.result !== 'Missed') return undefined
      return about(
        fact.task,
        'Missed',
        capitalised(fact.operation),
        `missed ${count(fact.count, 'slot')}: ${fact.message}`,
      )
    case 'Stalled':
      return about(fact.task, fact.reason, 'Schedule', fact.message)
    case 'LetGo':
      return about(fact.task, 'LetGo', 'Delete', fact.message)
    default:
      return undefined
  }
}

function about(task: string, reason: string, action: string, says: string): Note {
  return { task, reason, action, says }
}
