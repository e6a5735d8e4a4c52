import type { Emit } from '../api/facts.ts'
import type { Leaving } from '../decide/decision.ts'
import type { Settings } from '../decide/settings.ts'
import type { Pool } from '../execution/pool.ts'
import type { Targets } from '../execution/ports.ts'
import type { Clock } from '../lib/clock.ts'
import type { Instant } from '../lib/instant.ts'
import type { Discovery } from '../operations/contract.ts'
import type { Tasks } from './ports.ts'
import type { Store } from './store.ts'

/** What a controller is put together from. */
export interface ControllerParts {
  readonly clock: Clock
  readonly emit: Emit
  readonly settings: Settings
  /** Nothing begins any more but the wakes before the end. */
  readonly leaving?: Leaving
  readonly store: Store
  readonly tasks: Tasks
  readonly targets: Targets
  readonly discovery: Discovery
  /** The workers of this process; several controllers share them. */
  readonly pool: Pool
  /** Whether the tasks of a namespace are this controller's. */
  readonly serves: (namespace: string) => boolean
  /** A nonce of this process (and of this term of leadership). */
  readonly owner: string
  /** Whether this term of leadership still lasts, by the clock; if not, the controller is aborted by that. */
  readonly holds: () => boolean
  readonly isClockSkewed: () => boolean
  /** The time to write down: this clock's, or while that is wrong the API server's, as its answers tell it. */
  readonly time: () => Instant
  /** Whether the store holds the tasks of all namespaces, so that a task that is not in it does not exist. */
  readonly seesAll: boolean
}
