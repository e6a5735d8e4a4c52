import type { Instant } from '../lib/instant.ts'

/** The slots of one schedule. */
export interface Timetable {
  /** The first slot strictly after `instant`; `undefined` when there is none. */
  nextAfter(instant: Instant): Instant | undefined
  /** The last slot at or before `instant`; `undefined` when there is none. */
  lastAtOrBefore(instant: Instant): Instant | undefined
}
