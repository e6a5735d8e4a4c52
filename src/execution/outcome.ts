import type { Asleep } from '../api/task.ts'

/** What an attempt came to. */
export type Outcome = Report &
  (
    | { readonly result: 'Succeeded' }
    | {
        readonly result: 'Failed' | 'TimedOut'
        readonly reason: string
        readonly error: string
        /** Whether another attempt may do better. */
        readonly retry: boolean
        /** Seconds that a server asked to wait. */
        readonly retryAfter: number
      }
    /** Ended from outside: by cancel, edit, deletion, loss of the lease or shutdown. */
    | { readonly result: 'Stopped' }
  )

export interface Report {
  /** For people: what was done, in one line. */
  readonly message: string
  /** One line an object. */
  readonly output: string
  /** Objects that this run changed, earlier attempts included. */
  readonly changed: number
  /** After a sleep: what the task now holds asleep. */
  readonly asleep?: Asleep
}

/** A failure that another attempt cannot mend. */
export function finalFailure(reason: string, error: string, report: Partial<Report> = {}): Outcome {
  const final = { retry: false, retryAfter: 0 }
  return { result: 'Failed', reason, message: error, error, output: '', changed: 0, ...report, ...final }
}
