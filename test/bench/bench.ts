import type { Calibration } from './calibration.ts'
import type { Findings } from './findings.ts'
import type { Scale } from './scale.ts'
import type { Stage } from './stage.ts'

/** What each load is given: where it is played, how large it is, what the API server can do, and where its findings go. */
export interface Bench {
  readonly stage: Stage
  readonly scale: Scale
  readonly calibration: Calibration
  readonly findings: Findings
  /** Whether the tasks of the crowd are due at once after it: nobody has to make as many again. */
  readonly crowdIsDue: boolean
  /** When they are. */
  rush?: { readonly slot: number; readonly count: number }
}

/** What each peer is given: it is played on control planes of its own. */
export type PeerBench = Pick<Bench, 'scale' | 'findings'>
