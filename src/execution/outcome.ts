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
  /** After a sleep: workloads that the task now holds asleep. */
  readonly asleep?: number
}
